import { Eye, PenLine } from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import { useTranslate } from '../../i18n/index.ts';
import { useAppState } from '../../stores/index.ts';
import { Avatar } from '../../ui/index.ts';
import { presenceWords, presentIn } from './presence-words.ts';
import './presence.css';

/** More faces than this do not fit in a row. */
const MOST_FACES = 2;

const usePresent = (conversationId: string) =>
  useAppState(useShallow((state) => presentIn(state.presence, conversationId)));

/** Who else is in a conversation, small enough for its row. */
export function PresenceFaces({ conversationId }: { conversationId: string }) {
  const translation = useTranslate();
  const people = usePresent(conversationId);
  const words = presenceWords(people, translation);
  if (words === null) return null;
  return (
    <span className="presence" title={words}>
      {people.slice(0, MOST_FACES).map((each) => {
        const Icon = each.state === 'writing' ? PenLine : Eye;
        return (
          <span key={each.agentId} className="presence__face" data-state={each.state} aria-hidden="true">
            <Avatar name={each.name} seed={each.agentId} size="small" />
            <Icon size={9} strokeWidth={2.5} />
          </span>
        );
      })}
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

/** Who else is in the open conversation, in words; null when nobody is. */
export function PresenceLine({ conversationId }: { conversationId: string }) {
  const translation = useTranslate();
  const people = usePresent(conversationId);
  const words = presenceWords(people, translation);
  const Icon = people[0]?.state === 'writing' ? PenLine : Eye;
  return (
    <span className="presence-line" role="status" data-state={people[0]?.state}>
      {words === null ? null : (
        <>
          <Icon size={13} aria-hidden="true" />
          <span>{words}</span>
        </>
      )}
    </span>
  );
}
