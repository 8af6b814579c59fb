export { slashAt } from './find-quick-replies.ts';
export { QuickReplyList } from './QuickReplyList.tsx';
export { QuickReplySettings } from './QuickReplySettings.tsx';
export { useQuickReplyChoice } from './use-quick-reply-choice.ts';
