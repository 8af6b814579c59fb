export { Inbox } from './Inbox.tsx';
export { kindKey } from './row-words.ts';
