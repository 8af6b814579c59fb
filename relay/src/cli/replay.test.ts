import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestRelay, testSecrets } from '../../sandbox/testing/relay.ts';
import { replay, type ReplayLine } from './replay.ts';

/** Samples of the wild, kept outside the repository; their INDEX.md says what a correct receiver does. */
const samples = resolve(import.meta.dirname, '../../../../shared/fixtures/whatsapp-webhooks');

async function run(argv: string[], environment: NodeJS.ProcessEnv = {}) {
  const lines: ReplayLine[] = [];
  const errors: string[] = [];
  const code = await replay(argv, {
    out: (line) => void lines.push(JSON.parse(line) as ReplayLine),
    error: (line) => void errors.push(line),
    environment,
  });
  return { code, lines, errors };
}

const message = (type: string, text: unknown, sender: Record<string, unknown> = {}) => ({
  kind: 'message',
  type,
  text,
  sender: expect.objectContaining(sender) as unknown,
});
const ignored = { kind: 'ignored' };
const preference = { kind: 'system', event: 'user_preferences' };

/** File by file: the effects in order, compared as far as they are written here. */
const expected: Record<string, object[]> = {
  'netflie-01-button-everything.json': [message('button', 'No', { phone: '+16315551234', name: 'NAME' })],
  'netflie-02-two-changes-same-wamid.json': [message('text', 'MESSAGE_BODY'), ignored],
  'netflie-03-unreaction.json': [{ kind: 'reaction', emoji: null }],
  'netflie-04-type-unknown.json': [message('unsupported', null)],
  'netflie-05-location-strings.json': [message('location', expect.anything())],
  'netflie-06-contacts-full.json': [message('contacts', 'CONTACT_FORMATTED_NAME')],
  'netflie-07-button-int-timestamp.json': [message('button', 'No', { phone: '+16315551234' })],
  'netflie-08-nfm-reply.json': [message('interactive', expect.anything())],
  'netflie-09-order.json': [message('order', 'text-message-sent-along-with-the-order')],
  'netflie-10-system-customer-field.json': [{ kind: 'system', event: 'user_changed_number' }],
  'netflie-11-status-read-minimal.json': [{ kind: 'status', status: 'read' }],
  'netflie-12-status-failed-131053.json': [{ kind: 'status', status: 'failed', code: '131053' }],
  'netflie-13-contact-no-profile.json': [message('text', 'MESSAGE_BODY')],
  'netflie-14-bsuid-no-phone.json': [message('text', 'MESSAGE_BODY', { userId: 'BSUID_123' })],
  'netflie-15-bsuid-and-phone.json': [message('text', 'MESSAGE_BODY', { userId: 'BSUID_123' })],
  'pius-01-batch-text-and-reaction.json': [
    message('text', 'Hello from a text message', { phone: '+1234567890', name: 'Sam Sample' }),
    { kind: 'reaction', emoji: '👍', outcome: 'applied' },
  ],
  'pius-02-batch-two-changes.json': [
    message('text', 'Hello from a text message', { phone: '+1234567890' }),
    { ...preference, value: 'stop', outcome: 'applied' },
  ],
  'pius-03-batch-mixed-missing-type.json': [
    message('text', 'Hello from a text message!', { phone: '+16505551234' }),
    message('location', expect.stringContaining('San Francisco')),
    { kind: 'reaction', emoji: '👍', outcome: 'applied' },
    message('sticker', null),
    preference,
    preference,
  ],
  'pius-04-button-from-business-number.json': [message('button', 'No')],
  'pius-05-ad-referral.json': [message('text', 'Hi from an ad click!', { phone: '+100100200' })],
  'pius-06-system-new-wa-id-legacy.json': [{ kind: 'system', event: 'user_changed_number' }],
  'pius-07-status-sent-user-initiated.json': [{ kind: 'status', status: 'sent' }],
  'pius-08-account-settings-update.json': [ignored],
  'pius-09-group-suspend.json': [ignored],
  'pius-10-automatic-events-unknown.json': [ignored],
  'pius-11-unknown-field.json': [ignored],
  'pius-12-empty-entry.json': [ignored],
  'pius-13-wrong-object.json': [ignored],
  'pius-14-template-status-approved-min.json': [
    { kind: 'template', event: 'APPROVED', name: 'hello_world', language: 'en' },
  ],
};

describe.skipIf(!existsSync(samples))(
  'the samples in ../shared/fixtures/whatsapp-webhooks (skipped where that folder is absent)',
  () => {
    let lines: ReplayLine[];
    beforeAll(async () => {
      const result = await run([samples]);
      expect({ code: result.code, errors: result.errors }).toEqual({ code: 0, errors: [] });
      lines = result.lines;
    }, 120_000);

    test('are all there, by name', () => {
      expect(lines.map(({ file }) => file)).toEqual(Object.keys(expected).sort());
    });

    test.each(Object.entries(expected))('%s', (file, effects) => {
      const line = lines.find((candidate) => candidate.file === file);
      expect(line).toMatchObject({ http: 200, effects });
      expect(line?.effects).toHaveLength(effects.length);
    });

    test('netflie-02 stores two texts once the second has an id of its own', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'recado-replay-test-'));
      try {
        const original = await readFile(join(samples, 'netflie-02-two-changes-same-wamid.json'), 'utf8');
        const last = original.lastIndexOf('wamid.ID');
        const rewritten = `${original.slice(0, last)}wamid.OTHER${original.slice(last + 'wamid.ID'.length)}`;
        await writeFile(join(folder, 'rewritten.json'), rewritten);
        expect((await run([folder])).lines).toEqual([
          {
            file: 'rewritten.json',
            http: 200,
            effects: [
              expect.objectContaining({ kind: 'message', text: 'MESSAGE_BODY' }),
              expect.objectContaining({ kind: 'message', text: 'MESSAGE_BODY2' }),
            ],
          },
        ]);
      } finally {
        await rm(folder, { recursive: true });
      }
    }, 60_000);
  },
);

describe('replay', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'recado-replay-test-'));
    await writeFile(join(folder, 'b.json'), '{"object":"whatsapp_business_account","entry":[]}');
    await writeFile(join(folder, 'a.json'), 'this is no JSON');
    await writeFile(join(folder, 'INDEX.md'), '# not to be sent');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('sends every JSON file of a folder, by name, to a given relay', async () => {
    const relay = await startTestRelay();
    try {
      const { code, lines } = await run([folder], {
        RECADO_RELAY_URL: relay.url,
        WHATSAPP_APP_SECRET: testSecrets.appSecret,
        RECADO_OPERATOR_TOKEN: testSecrets.operatorToken,
      });
      expect(code).toBe(0);
      expect(lines).toEqual([
        { file: 'a.json', http: 200, effects: [expect.objectContaining({ kind: 'quarantined' })] },
        { file: 'b.json', http: 200, effects: [expect.objectContaining({ kind: 'ignored' })] },
      ]);
      const wrongSecret = [join(folder, 'b.json'), '--relay', relay.url, '--app-secret', 'wrong'];
      expect(await run([...wrongSecret, '--operator-token', testSecrets.operatorToken])).toMatchObject({
        code: 0,
        lines: [{ file: 'b.json', http: 401, effects: [] }],
      });
    } finally {
      await relay.close();
    }
  }, 60_000);

  test('says that a relay did not answer', async () => {
    const nowhere = ['--relay', 'http://127.0.0.1:9', '--app-secret', 's', '--operator-token', 't'];
    expect(await run([join(folder, 'b.json'), ...nowhere])).toMatchObject({
      code: 1,
      lines: [{ file: 'b.json', http: null, effects: [] }],
    });
  });

  test.each([
    ['a missing path', ['/nowhere/at/all']],
    ['no path', []],
    ['an unknown option', ['x.json', '--colour']],
    ['a relay without secrets', ['.', '--relay', 'http://127.0.0.1:9']],
    ['an address that is none', ['.', '--relay', 'nonsense']],
  ])('answers %s with one clear sentence and exit code 2', async (_name, argv) => {
    const { code, lines, errors } = await run(argv);
    expect({ code, lines, sentences: errors.length }).toEqual({ code: 2, lines: [], sentences: 1 });
  });
});
