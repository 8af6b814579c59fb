export { ConversationMenu, ThreadActions } from './ActionMenus.tsx';
export { DoneToast } from './DoneToast.tsx';
export { entryOfKey, runEntry, type EntryId } from './entries.ts';
export { Pickers } from './Pickers.tsx';
export { Questions } from './Questions.tsx';
