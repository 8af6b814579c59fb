import { AlarmClock, UsersRound } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import type { Directory } from '../../../shared/contract/index.ts';
import { useTranslate, type SentenceKey } from '../../i18n/index.ts';
import { nextColour } from '../../lib/palette.ts';
import { readLocal, writeLocal } from '../../lib/zoned.ts';
import {
  aimCount,
  subjectsOf,
  useActions,
  useAppState,
  useDates,
  useNow,
  useRecado,
  type Aim,
} from '../../stores/index.ts';
import { Avatar, Dialog } from '../../ui/index.ts';
import { MediaOver } from '../media/index.ts';
import { TemplatesOver } from '../templates/index.ts';
import { changesOf, initialMarks, nextMark, type Marks } from './choices.ts';
import { OptionPicker } from './OptionPicker.tsx';
import { snoozeTimes } from './snooze-times.ts';

/** Who or what the choice is for, under the title. */
function useAimWords(aim: Aim): string {
  const { t, count } = useTranslate();
  const { store } = useRecado();
  const [first] = subjectsOf(store.getState(), aim);
  return aimCount(aim) === 1 && first !== undefined
    ? (first.displayName ?? t('list.noName'))
    : count('counts.conversations', aimCount(aim));
}

/** Marks over those the conversations had when the dialog opened. */
function useMarks(initial: () => Marks) {
  const [before] = useState(initial);
  const [current, setCurrent] = useState(before);
  return {
    markOf: (id: string) => current.get(id) ?? false,
    press: (id: string) =>
      setCurrent((marks) =>
        new Map(marks).set(id, nextMark(before.get(id) ?? false, marks.get(id) ?? false)),
      ),
    changes: () => changesOf(before, current),
  };
}

function Buttons({ onApply, onClose }: { onApply: () => void; onClose: () => void }) {
  const { t } = useTranslate();
  return (
    <div className="dialog__actions">
      <button type="button" className="button" onClick={onClose}>
        {t('picker.cancel')}
      </button>
      <button type="button" className="button button--primary" onClick={onApply}>
        {t('picker.apply')}
      </button>
    </div>
  );
}

interface PickerProps {
  aim: Aim;
  directory: Directory;
  onClose: () => void;
}

function AssignPicker({ aim, directory, onClose }: PickerProps) {
  const { t } = useTranslate();
  const { store, actions } = useRecado();
  const agents = directory.agents.filter((agent) => agent.active);
  const whom = useAimWords(aim);
  const { markOf, press, changes } = useMarks(() => {
    const subjects = subjectsOf(store.getState(), aim);
    const agentIds = agents.map((agent) => agent.id);
    const teamIds = directory.teams.map((team) => team.id);
    return new Map([
      ...initialMarks(
        agentIds,
        subjects.map((subject) => subject.agentIds),
      ),
      ...initialMarks(
        teamIds,
        subjects.map((subject) => subject.teamIds),
      ),
    ]);
  });

  function apply() {
    const { add, remove } = changes();
    const split = (ids: readonly string[]) => ({
      agentIds: ids.filter((id) => agents.some((agent) => agent.id === id)),
      teamIds: ids.filter((id) => directory.teams.some((team) => team.id === id)),
    });
    onClose();
    actions.act(
      aim,
      ...(add.length > 0 ? [{ type: 'assign' as const, ...split(add) }] : []),
      ...(remove.length > 0 ? [{ type: 'unassign' as const, ...split(remove) }] : []),
    );
  }

  return (
    <Dialog title={t('picker.assignTitle')} closeLabel={t('app.close')} onClose={onClose} isNarrow>
      <p className="picker__whom">{whom}</p>
      <OptionPicker
        label={t('picker.assignLabel')}
        placeholder={t('picker.assignPlaceholder')}
        options={[
          ...agents.map((agent) => ({
            id: agent.id,
            name: agent.name,
            icon: <Avatar name={agent.name} seed={agent.id} size="small" />,
            ...(agent.isMe ? { hint: t('picker.you') } : {}),
          })),
          ...directory.teams.map((team) => ({
            id: team.id,
            name: team.name,
            icon: (
              <span className="avatar avatar--small avatar--team" aria-hidden="true">
                <UsersRound size={14} />
              </span>
            ),
            hint: t('picker.team'),
          })),
        ]}
        markOf={markOf}
        onPress={press}
        onDone={apply}
        nothing={t('picker.nobody')}
      />
      <Buttons onApply={apply} onClose={onClose} />
    </Dialog>
  );
}

function TagPicker({ aim, directory, onClose }: PickerProps) {
  const { t } = useTranslate();
  const { store, actions } = useRecado();
  const whom = useAimWords(aim);
  const { markOf, press, changes } = useMarks(() =>
    initialMarks(
      directory.tags.map((tag) => tag.id),
      subjectsOf(store.getState(), aim).map((subject) => subject.tagIds),
    ),
  );

  async function create(name: string): Promise<boolean> {
    const color = nextColour(directory.tags.map((tag) => tag.color));
    const reply = await actions.change('tag.create', { name, color });
    if (reply.ok) press(reply.data.tagId);
    return reply.ok;
  }
  function apply() {
    const { add, remove } = changes();
    onClose();
    actions.act(
      aim,
      ...(add.length > 0 ? [{ type: 'tag' as const, tagIds: add }] : []),
      ...(remove.length > 0 ? [{ type: 'untag' as const, tagIds: remove }] : []),
    );
  }

  return (
    <Dialog title={t('picker.tagTitle')} closeLabel={t('app.close')} onClose={onClose} isNarrow>
      <p className="picker__whom">{whom}</p>
      <OptionPicker
        label={t('picker.tagLabel')}
        placeholder={t('picker.tagPlaceholder')}
        options={directory.tags.map((tag) => ({
          id: tag.id,
          name: tag.name,
          icon: <span className="dot dot--tag" style={{ color: tag.color }} aria-hidden="true" />,
        }))}
        markOf={markOf}
        onPress={press}
        onDone={apply}
        create={{ label: (name) => t('picker.createTag', { name }), run: create }}
        nothing={t('picker.noTags')}
      />
      <Buttons onApply={apply} onClose={onClose} />
    </Dialog>
  );
}

function SnoozePicker({ aim, onClose }: Omit<PickerProps, 'directory'>) {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const whom = useAimWords(aim);
  const { timeZone } = dates.style;
  const times = snoozeTimes(now, timeZone);
  const [typed, setTyped] = useState(() => writeLocal(times.at(-1)?.at ?? now, timeZone));
  const [problem, setProblem] = useState<SentenceKey | null>(null);

  function snooze(until: number) {
    onClose();
    actions.act(aim, { type: 'snooze', until });
  }
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    const until = readLocal(typed, timeZone);
    if (until === null || until <= now) setProblem('snooze.past');
    else snooze(until);
  }

  return (
    <Dialog title={t('snooze.title')} closeLabel={t('app.close')} onClose={onClose} isNarrow>
      <p className="picker__whom">{whom}</p>
      <ul className="snooze">
        {times.map(({ key, at }, index) => (
          <li key={key}>
            <button
              type="button"
              className="snooze__time"
              data-autofocus={index === 0 ? '' : undefined}
              onClick={() => snooze(at)}
            >
              <AlarmClock size={17} aria-hidden="true" />
              <span>{t(`snooze.${key}`)}</span>
              <span className="snooze__at numeric">{dates.appointment(at, now)}</span>
            </button>
          </li>
        ))}
      </ul>
      <form className="snooze__own" onSubmit={onSubmit} noValidate>
        <label htmlFor="snooze-until">{t('snooze.own')}</label>
        <div className="snooze__fields">
          <input
            id="snooze-until"
            type="datetime-local"
            className="field"
            value={typed}
            min={writeLocal(now, timeZone)}
            aria-invalid={problem !== null}
            aria-describedby="snooze-problem"
            onChange={(event) => {
              setTyped(event.target.value);
              setProblem(null);
            }}
          />
          <button type="submit" className="button button--primary">
            {t('snooze.submit')}
          </button>
        </div>
        <p id="snooze-problem" className="field__problem" role="alert">
          {problem === null ? '' : t(problem)}
        </p>
        <p className="snooze__hint">{t('snooze.hint')}</p>
      </form>
    </Dialog>
  );
}

/** Tags, people or a time for conversations. */
function Choosing() {
  const actions = useActions();
  const picker = useAppState((state) => state.ui.picker);
  const directory = useAppState((state) => state.directory);
  if (picker === null) return null;
  const props = { aim: picker.aim, onClose: () => actions.changeUi({ picker: null }) };
  if (picker.kind === 'snooze') return <SnoozePicker {...props} />;
  if (directory === null) return null;
  const Picker = picker.kind === 'assign' ? AssignPicker : TagPicker;
  return <Picker {...props} directory={directory} />;
}

/** What is being chosen, written or looked at over the window, if anything. */
export function Pickers() {
  return (
    <>
      <Choosing />
      <TemplatesOver />
      <MediaOver />
    </>
  );
}
