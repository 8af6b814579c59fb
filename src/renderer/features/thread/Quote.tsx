import { useTranslate } from '../../i18n/index.ts';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import { plainText } from '../../lib/whatsapp-text.ts';
import { useActions, useAppState } from '../../stores/index.ts';

const KINDS = [
  'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'button', 'interactive', 'order',
  'template', 'text',
] as const; // prettier-ignore

interface QuotedWordsProps {
  author: string | null;
  kind: string | null;
  text: string | null;
}

/** A message in two lines: who wrote it, and how it begins. */
export function QuotedWords({ author, kind, text }: QuotedWordsProps) {
  const { t } = useTranslate();
  const known = KINDS.find((each) => each === kind) ?? 'unsupported';
  const words = text !== null ? plainText(text) : kind === null ? t('reply.notHere') : t(`kinds.${known}`);
  return (
    <span className="quote__words">
      {author === null ? null : <span className="quote__author">{author}</span>}
      <span className="quote__text">{words}</span>
    </span>
  );
}

interface QuoteProps {
  replyTo: NonNullable<ThreadItem['replyTo']>;
  patientName: string;
}

/** What a message answers; pressing it goes there. */
export function Quote({ replyTo, patientName }: QuoteProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const conversationId = useAppState((state) => state.thread.conversationId);
  const { author } = replyTo;
  const name =
    author === null
      ? null
      : author.kind === 'patient'
        ? patientName
        : author.isMe
          ? t('thread.me')
          : (author.name ?? t('thread.clinic'));
  return (
    <button
      type="button"
      className="quote"
      title={t('reply.goTo')}
      onClick={() => {
        if (conversationId !== null) actions.openAt(conversationId, replyTo.messageId);
      }}
    >
      <QuotedWords author={name} kind={replyTo.kind} text={replyTo.text} />
    </button>
  );
}
