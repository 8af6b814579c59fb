import { useTranslate, type SentenceKey } from '../../i18n/index.ts';
import { useActions, useAppState, useDates, useNow, type Question } from '../../stores/index.ts';
import { Dialog } from '../../ui/index.ts';

/** What is about to be done to many. */
const LABELS = {
  close: 'actions.close',
  reopen: 'actions.reopen',
  markSpam: 'actions.markSpam',
  unmarkSpam: 'actions.unmarkSpam',
  block: 'actions.block',
  unblock: 'actions.unblock',
  markRead: 'actions.markRead',
  markUnread: 'actions.markUnread',
  assign: 'actions.assignShort',
  unassign: 'picker.assignTitle',
  tag: 'picker.tagTitle',
  untag: 'picker.tagTitle',
  setBot: 'actions.botOn',
  pin: 'actions.pin',
  snooze: 'snooze.title',
} as const satisfies Record<Question['actions'][number]['type'], SentenceKey>;

function Ask({ question }: { question: Question }) {
  const { t, count } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const { kind, count: amount, appointmentAt } = question;
  const isSpam = question.actions.some((action) => action.type === 'markSpam');
  const what = question.actions.map((action) => t(LABELS[action.type])).join(' · ') || null;
  const appointment =
    appointmentAt === null
      ? null
      : t(kind === 'many' ? 'question.someAppointment' : 'question.appointmentText', {
          date: dates.appointment(appointmentAt, now),
        });
  const title =
    kind === 'unseen'
      ? count('question.unseenTitle', amount)
      : kind === 'appointment'
        ? t('question.appointmentTitle')
        : count('question.manyTitle', amount);
  const text =
    kind === 'unseen'
      ? t('question.unseenText')
      : kind === 'appointment'
        ? appointment
        : t('question.manyText');
  const confirm =
    kind === 'unseen' ? t('question.unseenYes') : isSpam ? t('actions.markSpam') : t('question.manyYes');
  return (
    <Dialog title={title} closeLabel={t('app.close')} onClose={() => actions.answerQuestion(false)} isNarrow>
      {kind === 'many' && what !== null ? <p className="question__what">{what}</p> : null}
      <p>{text}</p>
      {kind === 'many' && appointment !== null ? <p className="question__more">{appointment}</p> : null}
      <div className="dialog__actions">
        <button
          type="button"
          className={`button${isSpam ? ' button--danger' : ''}`}
          onClick={() => actions.answerQuestion(true)}
        >
          {confirm}
        </button>
        <button
          type="button"
          className="button button--primary"
          data-autofocus=""
          onClick={() => actions.answerQuestion(false)}
        >
          {t(kind === 'unseen' ? 'question.unseenNo' : 'picker.cancel')}
        </button>
      </div>
    </Dialog>
  );
}

/** What a person is asked before something is done. */
export function Questions() {
  const question = useAppState((state) => state.ui.question);
  return question === null ? null : <Ask question={question} />;
}
