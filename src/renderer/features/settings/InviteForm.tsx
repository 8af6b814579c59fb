import { useState, type FormEvent } from 'react';
import type { CallError, CallOutput } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { Field } from '../../ui/index.ts';

interface InviteFormProps {
  isConnected: boolean;
  onInvited: (name: string, access: CallOutput<'agent.invite'>) => void;
  onCancel: () => void;
}

type Problem = 'name' | 'email';

/** Name, e-mail and role of a new colleague. */
export function InviteForm({ isConnected, onInvited, onCancel }: InviteFormProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const [values, setValues] = useState({ name: '', email: '' });
  const [role, setRole] = useState<'admin' | 'agent'>('agent');
  const [wrong, setWrong] = useState<Problem[]>([]);
  const [error, setError] = useState<CallError | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const name = values.name.trim();
    const email = values.email.trim();
    const found: Problem[] = [
      ...(name === '' ? (['name'] as const) : []),
      ...(/^\S+@\S+\.\S+$/u.test(email) ? [] : (['email'] as const)),
    ];
    setWrong(found);
    setError(null);
    if (found.length > 0 || isBusy || !isConnected) return;
    setIsBusy(true);
    const reply = await actions.administer('agent.invite', { name, email, role });
    setIsBusy(false);
    if (reply.ok) onInvited(name, reply.data);
    else setError(reply.error);
  }

  const field = (name: Problem) => ({
    name,
    value: values[name],
    onChange: (value: string) => {
      setValues({ ...values, [name]: value });
      setWrong(wrong.filter((each) => each !== name));
      if (name === 'email') setError(null);
    },
  });
  const emailError = wrong.includes('email')
    ? t('agents.wrong.email')
    : error?.code === 'email_taken'
      ? t('errors.email_taken')
      : null;

  return (
    <form className="invite" onSubmit={(event) => void submit(event)} noValidate aria-busy={isBusy}>
      <div className="invite__fields">
        <Field
          {...field('name')}
          label={t('agents.name')}
          error={wrong.includes('name') ? t('agents.wrong.name') : null}
          maxLength={120}
          isFocusedFirst
        />
        <Field
          {...field('email')}
          label={t('agents.email')}
          type="email"
          error={emailError}
          maxLength={320}
        />
      </div>
      <fieldset className="settings__group">
        <legend>{t('agents.role')}</legend>
        {(['agent', 'admin'] as const).map((each) => (
          <label key={each} className="settings__choice">
            <input type="radio" name="role" checked={role === each} onChange={() => setRole(each)} />
            <span>
              <b>{t(`agents.roles.${each}.name`)}</b>
              <span className="settings__hint">{t(`agents.roles.${each}.hint`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p className="field__problem" role="alert">
        {error !== null && error.code !== 'email_taken' ? t(`errors.${error.code}`) : null}
      </p>
      <div className="removal__buttons">
        <button type="button" className="button" onClick={onCancel}>
          {t('picker.cancel')}
        </button>
        <button type="submit" className="button button--primary" aria-disabled={isBusy || !isConnected}>
          {t('agents.inviteSubmit')}
        </button>
      </div>
    </form>
  );
}
