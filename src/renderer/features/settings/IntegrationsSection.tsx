import { API_BASE } from '@recado/protocol';
import { Check, Copy, KeyRound } from 'lucide-react';
import { useEffect, useState, type FormEvent } from 'react';
import type { Directory, ErrorCode, IntegrationKeyView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { isRecordPattern, recordAddress } from '../../lib/record-address.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Sure } from './Sure.tsx';
import { useIsConnected } from './use-relay.ts';

const EXAMPLE_PHONE = '+34 600 11 12 22';
const PATTERN_MAX_LENGTH = 500;

function RecordLink({ directory }: { directory: Directory }) {
  const { t } = useTranslate();
  const actions = useActions();
  const kept = directory.settings.recordUrl ?? '';
  const [typed, setTyped] = useState<string | null>(null);
  const [isKept, setIsKept] = useState(false);
  const pattern = (typed ?? kept).trim();
  const isChanged = pattern !== kept;
  const isWrong = pattern !== '' && !isRecordPattern(pattern);
  const example = recordAddress(pattern, EXAMPLE_PHONE);

  async function keep(recordUrl: string | null) {
    const reply = await actions.change('clinic.updateSettings', { settings: { recordUrl } });
    setIsKept(reply.ok);
    if (reply.ok) setTyped(null);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isChanged && !isWrong) void keep(pattern === '' ? null : pattern);
  }

  return (
    <section className="integrations__part" aria-labelledby="record-link">
      <h4 id="record-link">{t('integrations.record')}</h4>
      <p className="settings__hint">{t('integrations.recordHint')}</p>
      <form className="integrations__line" onSubmit={submit}>
        <input
          type="text"
          inputMode="url"
          className="field"
          aria-label={t('integrations.recordLabel')}
          aria-invalid={isWrong}
          aria-describedby="record-state"
          placeholder="https://…/{telefono}"
          spellCheck={false}
          autoComplete="off"
          maxLength={PATTERN_MAX_LENGTH}
          value={typed ?? kept}
          onChange={(event) => {
            setTyped(event.target.value);
            setIsKept(false);
          }}
        />
        <button type="submit" className="button button--primary" aria-disabled={!isChanged || isWrong}>
          {t('integrations.recordKeep')}
        </button>
        {kept === '' ? null : (
          <button type="button" className="button" onClick={() => void keep(null)}>
            {t('integrations.recordRemove')}
          </button>
        )}
      </form>
      <p
        id="record-state"
        role="status"
        className={isWrong ? 'field__problem' : 'settings__hint integrations__example'}
      >
        {isWrong
          ? t('integrations.recordWrong')
          : example === null
            ? null
            : t('integrations.recordExample', { address: example })}
        {isKept && !isChanged ? ` · ${t('integrations.recordKept')}` : null}
      </p>
    </section>
  );
}

function CopyButton({ text, label, isFirst = false }: { text: string; label: string; isFirst?: boolean }) {
  const { t } = useTranslate();
  const [isCopied, setIsCopied] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setIsCopied(true);
    } catch {
      // It stands there to be selected.
    }
  }
  return (
    <button type="button" className="button button--compact" autoFocus={isFirst} onClick={() => void copy()}>
      {isCopied ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
      {isCopied ? t('integrations.copied') : label}
    </button>
  );
}

/** How the practice software sends an appointment, ready to be tried. */
function curlOf(relayUrl: string, key: string): string {
  const appointment = {
    externalId: '1024',
    patient: { name: 'Lucía Martín', phone: '600 11 12 22' },
    startsAt: '2027-01-14T17:30',
    treatment: 'Revisión',
    professional: 'Dra. Gil',
  };
  return [
    `curl -X PUT ${relayUrl.replace(/\/$/u, '')}${API_BASE}/integrations/appointments \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify({ appointments: [appointment] })}'`,
  ].join('\n');
}

interface NewKeyProps {
  name: string;
  apiKey: string;
  onDone: () => void;
}

/** A key just made: shown this once, with how to use it. */
function NewKey({ name, apiKey, onDone }: NewKeyProps) {
  const { t } = useTranslate();
  const relayUrl = useAppState((state) => state.app?.signIn.relayUrl) || 'https://…';
  const curl = curlOf(relayUrl, apiKey);
  return (
    <section className="access-code" aria-label={t('integrations.made', { name })}>
      <p>{t('integrations.made', { name })}</p>
      <div className="access-code__line">
        <output className="access-code__code integrations__key">{apiKey}</output>
        <CopyButton text={apiKey} label={t('integrations.copyKey')} isFirst />
      </div>
      <p className="access-code__how">{t('integrations.once')}</p>
      <p className="access-code__how">{t('integrations.curl')}</p>
      <pre className="integrations__curl" tabIndex={0}>
        {curl}
      </pre>
      <div className="access-code__line">
        <CopyButton text={curl} label={t('integrations.copyExample')} />
        <button type="button" className="button button--compact button--primary" onClick={onDone}>
          {t('integrations.done')}
        </button>
      </div>
    </section>
  );
}

function KeyLine({ held, onDeleted }: { held: IntegrationKeyView; onDeleted: () => void }) {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const [isAsked, setIsAsked] = useState(false);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const timeOf = (at: number) => dates.listTime(at, now).toLocaleLowerCase();

  async function remove() {
    setIsAsked(false);
    const reply = await actions.administer('integrationKey.delete', { id: held.id });
    setProblem(reply.ok ? null : reply.error.code);
    if (reply.ok) onDeleted();
  }

  return (
    <li className="manage__item">
      <div className="agent">
        <span className="device__icon" aria-hidden="true">
          <KeyRound size={18} />
        </span>
        <div className="agent__who">
          <p className="agent__name">{held.name}</p>
          <p className="agent__facts numeric">
            {[
              held.lastUsedAt === null
                ? t('integrations.neverUsed')
                : t('integrations.used', { time: timeOf(held.lastUsedAt) }),
              t('integrations.created', { time: timeOf(held.createdAt) }),
            ].join(' · ')}
          </p>
        </div>
        <button
          type="button"
          className="button button--compact button--danger"
          aria-label={t('integrations.deleteOf', { name: held.name })}
          aria-expanded={isAsked}
          onClick={() => setIsAsked(!isAsked)}
        >
          {t('integrations.delete')}
        </button>
      </div>
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          {t(`errors.${problem}`)}
        </p>
      )}
      {isAsked ? (
        <Sure
          text={t('integrations.deleteSure', { name: held.name })}
          confirm={t('integrations.delete')}
          isDangerous
          onConfirm={() => void remove()}
          onCancel={() => setIsAsked(false)}
        />
      ) : null}
    </li>
  );
}

function Keys() {
  const { t } = useTranslate();
  const actions = useActions();
  const isConnected = useIsConnected();
  const [keys, setKeys] = useState<readonly IntegrationKeyView[] | null>(null);
  const [made, setMade] = useState<{ name: string; key: string } | null>(null);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let isWanted = true;
    if (isConnected) {
      void actions.administer('integrationKey.list', {}).then((reply) => {
        if (!isWanted) return;
        setProblem(reply.ok ? null : reply.error.code);
        if (reply.ok) setKeys(reply.data.keys);
      });
    }
    return () => {
      isWanted = false;
    };
  }, [actions, isConnected, turn]);

  async function create(event: FormEvent) {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '' || !isConnected) return;
    const reply = await actions.administer('integrationKey.create', { name: wanted });
    setProblem(reply.ok ? null : reply.error.code);
    if (!reply.ok) return;
    setMade({ name: wanted, key: reply.data.key });
    setName('');
    setTurn(turn + 1);
  }

  return (
    <section className="integrations__part" aria-labelledby="integration-keys">
      <h4 id="integration-keys">{t('integrations.keys')}</h4>
      <p className="settings__hint">{t('integrations.keysIntro')}</p>
      {isConnected ? null : (
        <p className="preferences__offline" role="status">
          {t('integrations.offline')}
        </p>
      )}
      {made === null ? (
        <form className="integrations__line" onSubmit={(event) => void create(event)}>
          <input
            type="text"
            className="field"
            aria-label={t('integrations.keyName')}
            placeholder={t('integrations.keyName')}
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <button type="submit" className="button" aria-disabled={name.trim() === '' || !isConnected}>
            <KeyRound size={16} aria-hidden="true" />
            {t('integrations.create')}
          </button>
        </form>
      ) : (
        <NewKey name={made.name} apiKey={made.key} onDone={() => setMade(null)} />
      )}
      {problem === null ? null : (
        <div role="alert">
          <p className="field__problem">{t(`errors.${problem}`)}</p>
          <button type="button" className="button button--compact" onClick={() => setTurn(turn + 1)}>
            {t('app.retry')}
          </button>
        </div>
      )}
      {keys === null && isConnected && problem === null ? (
        <p className="manage__nothing" role="status">
          {t('integrations.asking')}
        </p>
      ) : null}
      {keys?.length === 0 ? <p className="manage__nothing">{t('integrations.noKeys')}</p> : null}
      <ul className="manage">
        {(keys ?? []).map((each) => (
          <KeyLine key={each.id} held={each} onDeleted={() => setTurn(turn + 1)} />
        ))}
      </ul>
    </section>
  );
}

/** What the clinic's practice software and Recado know of each other. */
export function IntegrationsSection({ directory }: { directory: Directory }) {
  return (
    <div className="integrations">
      <RecordLink directory={directory} />
      <Keys />
    </div>
  );
}
