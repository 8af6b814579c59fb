import './media.css';

export { mediaAddress } from './address.ts';
export { DropZone } from './DropZone.tsx';
export { FileThumb } from './FileThumb.tsx';
export { MediaOver } from './MediaOver.tsx';
export { MediaView } from './MediaView.tsx';
export { refusalWords } from './media-words.ts';
export { VoiceButton } from './VoiceButton.tsx';
