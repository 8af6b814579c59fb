import { CloudOff, Eye, EyeOff, Lock, Timer } from 'lucide-react';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import type { AppState, CallError } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { remaining } from '../../lib/remaining.ts';
import { useActions, useNow, useRecado } from '../../stores/index.ts';
import { Logo } from '../../ui/index.ts';
import './sign-in.css';

type FieldName = 'relayUrl' | 'email' | 'password';
type Values = Record<FieldName, string>;

/** The field a refusal speaks of; those of no field are shown above the button. */
const FIELD_OF: Partial<Record<CallError['code'], FieldName>> = {
  invalid_credentials: 'password',
  relay_unreachable: 'relayUrl',
  not_a_relay: 'relayUrl',
};

interface FieldProps {
  label: string;
  name: FieldName;
  type: string;
  value: string;
  autoComplete: string;
  hint?: string;
  error: string | null;
  isFocusedFirst: boolean;
  onChange: (value: string) => void;
  children?: ReactNode;
}

function Field({
  label,
  name,
  type,
  value,
  autoComplete,
  hint,
  error,
  isFocusedFirst,
  onChange,
  children,
}: FieldProps) {
  const id = useId();
  const describedBy = [error === null ? null : `${id}-error`, hint === undefined ? null : `${id}-hint`]
    .filter((each) => each !== null)
    .join(' ');
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <div className="field__box" data-invalid={error !== null}>
        <input
          id={id}
          name={name}
          type={type}
          value={value}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          autoFocus={isFocusedFirst}
          aria-invalid={error !== null}
          aria-describedby={describedBy === '' ? undefined : describedBy}
          onChange={(event) => onChange(event.target.value)}
        />
        {children}
      </div>
      {error === null ? null : (
        <p className="field__error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint === undefined ? null : (
        <p className="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Counts down until the relay listens again. */
function Wait({ until }: { until: number }) {
  const { t } = useTranslate();
  const left = until - useNow('second', until);
  if (left <= 0) return t('signIn.tryAgainNow');
  const time =
    left < 60_000 ? `${Math.ceil(left / 1_000)} s` : t(...sentence(remaining(left + 59_999, 'exact')));
  return t('signIn.tooManyAttempts', { time });
}

function sentence({ key, ...values }: ReturnType<typeof remaining>) {
  return [key, values] as const;
}

/** The first screen: relay address, e-mail and password, or the demo clinic. */
export function SignIn({ signIn }: { signIn: AppState['signIn'] }) {
  const { t } = useTranslate();
  const actions = useActions();
  const { clock } = useRecado();
  const [values, setValues] = useState<Values>({
    relayUrl: signIn.relayUrl,
    email: signIn.email,
    password: '',
  });
  const [missing, setMissing] = useState<FieldName[]>([]);
  const [refusal, setRefusal] = useState<{ error: CallError; until: number | null } | null>(null);
  const [busy, setBusy] = useState<'signIn' | 'demo' | null>(null);
  const [isPasswordShown, setIsPasswordShown] = useState(false);

  const first: FieldName = signIn.relayUrl === '' ? 'relayUrl' : signIn.email === '' ? 'email' : 'password';

  function change(name: FieldName, value: string) {
    setValues({ ...values, [name]: value });
    setMissing(missing.filter((each) => each !== name));
    if (refusal && FIELD_OF[refusal.error.code] === name) setRefusal(null);
  }

  async function run(kind: 'signIn' | 'demo', work: () => Promise<CallError | null>) {
    if (busy !== null) return;
    setBusy(kind);
    setRefusal(null);
    const error = await work();
    setBusy(null);
    if (error === null) return;
    const until = error.retryAfterMs === undefined ? null : clock.now() + error.retryAfterMs;
    setRefusal({ error, until });
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const empty = (['relayUrl', 'email', 'password'] as const).filter((name) => values[name].trim() === '');
    setMissing(empty);
    if (empty.length > 0) return;
    void run('signIn', () => actions.signIn(values));
  }

  function errorOf(name: FieldName): string | null {
    if (missing.includes(name)) return t(`signIn.required.${name}`);
    return refusal && FIELD_OF[refusal.error.code] === name ? t(`errors.${refusal.error.code}`) : null;
  }

  const field = (name: FieldName) => ({
    name,
    value: values[name],
    error: errorOf(name),
    isFocusedFirst: first === name,
    onChange: (value: string) => change(name, value),
  });

  return (
    <main className="sign-in">
      <section className="sign-in__about">
        <Logo isLarge />
        <h1 className="sign-in__name">{t('app.name')}</h1>
        <p className="sign-in__intro">{t('signIn.intro')}</p>
        <ul className="sign-in__points">
          <li>
            <CloudOff size={18} aria-hidden="true" />
            {t('signIn.points.offline')}
          </li>
          <li>
            <Timer size={18} aria-hidden="true" />
            {t('signIn.points.window')}
          </li>
          <li>
            <Lock size={18} aria-hidden="true" />
            {t('signIn.points.local')}
          </li>
        </ul>
      </section>
      <form className="sign-in__form" onSubmit={submit} noValidate aria-busy={busy !== null}>
        <h2 className="sign-in__title">{t('signIn.title')}</h2>
        {signIn.endedBy === 'revoked' ? (
          <p className="sign-in__notice" role="status">
            {t('signIn.endedRevoked')}
          </p>
        ) : null}
        <Field
          {...field('relayUrl')}
          label={t('signIn.relayUrl')}
          type="text"
          autoComplete="url"
          hint={t('signIn.relayUrlHint')}
        />
        <Field {...field('email')} label={t('signIn.email')} type="email" autoComplete="username" />
        <Field
          {...field('password')}
          label={t('signIn.password')}
          type={isPasswordShown ? 'text' : 'password'}
          autoComplete="current-password"
        >
          <button
            type="button"
            className="icon-button icon-button--small"
            aria-label={t(isPasswordShown ? 'signIn.hidePassword' : 'signIn.showPassword')}
            title={t(isPasswordShown ? 'signIn.hidePassword' : 'signIn.showPassword')}
            onClick={() => setIsPasswordShown(!isPasswordShown)}
          >
            {isPasswordShown ? <EyeOff size={17} aria-hidden="true" /> : <Eye size={17} aria-hidden="true" />}
          </button>
        </Field>
        <div role="alert">
          {refusal !== null && FIELD_OF[refusal.error.code] === undefined ? (
            <p className="sign-in__error">
              {refusal.until === null ? t(`errors.${refusal.error.code}`) : <Wait until={refusal.until} />}
            </p>
          ) : null}
        </div>
        <button
          type="submit"
          className="button button--primary sign-in__submit"
          aria-disabled={busy !== null}
        >
          {t(busy === 'signIn' ? 'signIn.submitting' : 'signIn.submit')}
        </button>
        {signIn.hasDemo ? (
          <>
            <p className="sign-in__or">
              <span>{t('signIn.or')}</span>
            </p>
            <button
              type="button"
              className="button sign-in__submit"
              aria-disabled={busy !== null}
              aria-describedby="demo-hint"
              onClick={() => void run('demo', actions.signInDemo)}
            >
              {t(busy === 'demo' ? 'signIn.demoStarting' : 'signIn.demo')}
            </button>
            <p className="field__hint sign-in__demo-hint" id="demo-hint">
              {t('signIn.demoHint')}
            </p>
          </>
        ) : null}
      </form>
    </main>
  );
}
