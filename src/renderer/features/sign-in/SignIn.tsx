import { CloudOff, Eye, EyeOff, Lock, Timer } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import type { AppState, CallError } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { remaining } from '../../lib/remaining.ts';
import { useActions, useNow, useRecado } from '../../stores/index.ts';
import { Field, Logo } from '../../ui/index.ts';
import { PASSWORD_MIN_LENGTH, passwordWords } from './password-words.ts';
import './sign-in.css';

type FieldName = 'relayUrl' | 'email' | 'password' | 'accessCode' | 'repeated';
type Values = Record<FieldName, string>;
/** With a password one has, or with a code an administrator gave, which lets one choose it. */
type Way = 'password' | 'code';

const FIELDS: Record<Way, readonly FieldName[]> = {
  password: ['relayUrl', 'email', 'password'],
  code: ['relayUrl', 'email', 'accessCode', 'password', 'repeated'],
};

/** The field a refusal speaks of; those of no field are shown above the button. */
const FIELD_OF: Partial<Record<CallError['code'], FieldName>> = {
  invalid_credentials: 'password',
  invalid_access_code: 'accessCode',
  relay_unreachable: 'relayUrl',
  not_a_relay: 'relayUrl',
};

const ENDED = { revoked: 'signIn.endedRevoked', deviceRevoked: 'signIn.endedDeviceRevoked' } as const;

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

function About() {
  const { t } = useTranslate();
  return (
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
  );
}

/** The first screen: relay address, e-mail and password or access code, or the demo clinic. */
export function SignIn({ signIn }: { signIn: AppState['signIn'] }) {
  const translation = useTranslate();
  const { t } = translation;
  const actions = useActions();
  const { clock } = useRecado();
  const [way, setWay] = useState<Way>('password');
  const [values, setValues] = useState<Values>({
    relayUrl: signIn.relayUrl,
    email: signIn.email,
    password: '',
    accessCode: '',
    repeated: '',
  });
  const [wrong, setWrong] = useState<Partial<Values>>({});
  const [refusal, setRefusal] = useState<{ error: CallError; until: number | null } | null>(null);
  const [busy, setBusy] = useState<'signIn' | 'demo' | null>(null);
  const [isPasswordShown, setIsPasswordShown] = useState(false);

  const isCode = way === 'code';
  const first = FIELDS[way].find((name) => values[name] === '');

  function change(name: FieldName, value: string) {
    setValues({ ...values, [name]: value });
    setWrong({ ...wrong, [name]: undefined, ...(name === 'password' ? { repeated: undefined } : {}) });
    if (refusal && FIELD_OF[refusal.error.code] === name) setRefusal(null);
  }

  function choose(next: Way) {
    setWay(next);
    setValues({ ...values, password: '', repeated: '' });
    setWrong({});
    setRefusal(null);
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

  function findWrong(): Partial<Values> {
    const found: Partial<Values> = {};
    for (const name of FIELDS[way]) {
      if (values[name].trim() === '') found[name] = t(`signIn.required.${name}`);
    }
    if (!isCode) return found;
    if (found.password === undefined && [...values.password].length < PASSWORD_MIN_LENGTH) {
      found.password = t('signIn.tooShort', { length: PASSWORD_MIN_LENGTH });
    } else if (found.repeated === undefined && values.repeated !== values.password) {
      found.repeated = t('signIn.different');
    }
    return found;
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const found = findWrong();
    setWrong(found);
    const [firstWrong] = FIELDS[way].filter((name) => found[name] !== undefined);
    if (firstWrong !== undefined) {
      event.currentTarget.querySelector<HTMLInputElement>(`[name="${firstWrong}"]`)?.focus();
      return;
    }
    const { relayUrl, email, accessCode, password } = values;
    void run('signIn', () =>
      isCode
        ? actions.redeem({ relayUrl, email, accessCode, password })
        : actions.signIn({ relayUrl, email, password }),
    );
  }

  function errorOf(name: FieldName): string | null {
    const own = wrong[name];
    if (own !== undefined) return own;
    return refusal && FIELD_OF[refusal.error.code] === name ? t(`errors.${refusal.error.code}`) : null;
  }

  const field = (name: FieldName) => ({
    name,
    value: values[name],
    error: errorOf(name),
    isFocusedFirst: first === name,
    onChange: (value: string) => change(name, value),
  });
  const passwordType = isPasswordShown ? 'text' : 'password';
  const showPassword = t(isPasswordShown ? 'signIn.hidePassword' : 'signIn.showPassword');

  return (
    <main className="sign-in">
      <About />
      <form key={way} className="sign-in__form" onSubmit={submit} noValidate aria-busy={busy !== null}>
        <h2 className="sign-in__title">{t(isCode ? 'signIn.codeTitle' : 'signIn.title')}</h2>
        {isCode ? <p className="sign-in__lead">{t('signIn.codeIntro')}</p> : null}
        {signIn.endedBy === null ? null : (
          <p className="sign-in__notice" role="status">
            {t(ENDED[signIn.endedBy])}
          </p>
        )}
        <Field
          {...field('relayUrl')}
          label={t('signIn.relayUrl')}
          autoComplete="url"
          hint={isCode ? undefined : t('signIn.relayUrlHint')}
        />
        <Field {...field('email')} label={t('signIn.email')} type="email" autoComplete="username" />
        {isCode ? (
          <Field
            {...field('accessCode')}
            label={t('signIn.accessCode')}
            autoComplete="one-time-code"
            maxLength={100}
            hint={t('signIn.accessCodeHint')}
          />
        ) : null}
        <Field
          {...field('password')}
          label={t(isCode ? 'signIn.newPassword' : 'signIn.password')}
          type={passwordType}
          autoComplete={isCode ? 'new-password' : 'current-password'}
          hint={
            isCode && errorOf('password') === null ? passwordWords(values.password, translation) : undefined
          }
        >
          <button
            type="button"
            className="icon-button icon-button--small"
            aria-label={showPassword}
            title={showPassword}
            onClick={() => setIsPasswordShown(!isPasswordShown)}
          >
            {isPasswordShown ? <EyeOff size={17} aria-hidden="true" /> : <Eye size={17} aria-hidden="true" />}
          </button>
        </Field>
        {isCode ? (
          <Field
            {...field('repeated')}
            label={t('signIn.repeated')}
            type={passwordType}
            autoComplete="new-password"
          />
        ) : null}
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
          {t(busy === 'signIn' ? 'signIn.submitting' : isCode ? 'signIn.codeSubmit' : 'signIn.submit')}
        </button>
        <button type="button" className="sign-in__way" onClick={() => choose(isCode ? 'password' : 'code')}>
          {t(isCode ? 'signIn.usePassword' : 'signIn.useCode')}
        </button>
        {signIn.hasDemo && !isCode ? (
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
            <p className="form-field__hint sign-in__demo-hint" id="demo-hint">
              {t('signIn.demoHint')}
            </p>
          </>
        ) : null}
      </form>
    </main>
  );
}
