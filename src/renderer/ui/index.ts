import './ui.css';

export { Avatar } from './Avatar.tsx';
export { Chip, RemovableChip, TagChip } from './Chip.tsx';
export { Dialog } from './Dialog.tsx';
export { Empty } from './Empty.tsx';
export { Field } from './Field.tsx';
export { Logo } from './Logo.tsx';
export { Menu, MenuButton, MenuItem, MenuLine, moveInMenu } from './Menu.tsx';
export { focusNextPane, focusPane } from './panes.ts';
export { Splitter } from './Splitter.tsx';
export { isTickState, Tick, type TickState } from './Tick.tsx';
export { useMediaQuery } from './use-media-query.ts';
export { WhatsappText } from './WhatsappText.tsx';
