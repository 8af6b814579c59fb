import { API_BASE } from '@recado/protocol';
import { Check, Copy, KeyRound } from 'lucide-react';
import { useCallback, useState, type FormEvent } from 'react';
import type { Directory, IntegrationKeyView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { isRecordPattern, recordAddress } from '../../lib/record-address.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { EndableLine, RelayListState, useRelayList } from './RelayList.tsx';

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
  const { name } = held;
  const timeOf = (at: number) => dates.listTime(at, now).toLocaleLowerCase();

  async function remove() {
    const reply = await actions.administer('integrationKey.delete', { id: held.id });
    if (reply.ok) onDeleted();
    return reply.ok ? null : reply.error;
  }

  return (
    <EndableLine
      icon={<KeyRound size={18} />}
      title={name}
      facts={[
        held.lastUsedAt === null
          ? t('integrations.neverUsed')
          : t('integrations.used', { time: timeOf(held.lastUsedAt) }),
        t('integrations.created', { time: timeOf(held.createdAt) }),
      ]}
      ending={{
        word: t('integrations.delete'),
        label: t('integrations.deleteOf', { name }),
        meaning: t('integrations.deleteSure', { name }),
        end: remove,
      }}
    />
  );
}

function Keys() {
  const { t } = useTranslate();
  const actions = useActions();
  const [made, setMade] = useState<{ name: string; key: string } | null>(null);
  const [name, setName] = useState('');
  const read = useCallback(async () => {
    const reply = await actions.administer('integrationKey.list', {});
    return reply.ok ? { ok: true as const, data: reply.data.keys } : reply;
  }, [actions]);
  const list = useRelayList<IntegrationKeyView>(read);

  async function create(event: FormEvent) {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '' || !list.isConnected) return;
    const reply = await actions.administer('integrationKey.create', { name: wanted });
    list.say(reply.ok ? null : reply.error.code);
    if (!reply.ok) return;
    setMade({ name: wanted, key: reply.data.key });
    setName('');
    list.askAgain();
  }

  return (
    <section className="integrations__part" aria-labelledby="integration-keys">
      <h4 id="integration-keys">{t('integrations.keys')}</h4>
      <p className="settings__hint">{t('integrations.keysIntro')}</p>
      {list.isConnected ? null : (
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
          <button type="submit" className="button" aria-disabled={name.trim() === '' || !list.isConnected}>
            <KeyRound size={16} aria-hidden="true" />
            {t('integrations.create')}
          </button>
        </form>
      ) : (
        <NewKey name={made.name} apiKey={made.key} onDone={() => setMade(null)} />
      )}
      <RelayListState list={list} asking={t('integrations.asking')} />
      {list.items?.length === 0 ? <p className="manage__nothing">{t('integrations.noKeys')}</p> : null}
      <ul className="manage">
        {(list.items ?? []).map((each) => (
          <KeyLine key={each.id} held={each} onDeleted={list.askAgain} />
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
