import '../api/configure-zod.ts';
import { mount } from '../app/mount.tsx';
import type { AppState } from '../../shared/contract/index.ts';
import { createFakeBridge, type FakeOptions } from './fake-bridge.ts';

/** Screens to look at: `preview.html?scene=offline`. */
const now = Date.now();
const signedOut = (state: AppState): AppState => ({ ...state, phase: 'signedOut', session: null });
const sync = (change: Partial<AppState['sync']>) => (state: AppState) => ({
  ...state,
  sync: { ...state.sync, ...change },
});
const scenes: Record<string, Partial<FakeOptions>> = {
  inbox: {},
  many: { count: 4_000 },
  long: { history: 600 },
  empty: { count: -1 },
  starting: { state: (state) => ({ ...state, phase: 'starting' }) },
  'sign-in': { state: signedOut },
  'sign-in-wrong': {
    state: (state) => ({
      ...signedOut(state),
      signIn: {
        relayUrl: 'https://recado.alameda.example',
        email: 'marta@alameda.example',
        hasDemo: false,
        endedBy: null,
      },
    }),
    signInError: { code: 'invalid_credentials' },
  },
  'sign-in-throttled': { state: signedOut, signInError: { code: 'too_many_attempts', retryAfterMs: 95_000 } },
  'sign-in-unreachable': { state: signedOut, signInError: { code: 'relay_unreachable' } },
  revoked: { state: (state) => ({ ...signedOut(state), signIn: { ...state.signIn, endedBy: 'revoked' } }) },
  'device-revoked': {
    state: (state) => ({ ...signedOut(state), signIn: { ...state.signIn, endedBy: 'deviceRevoked' } }),
  },
  'sign-in-code-wrong': { state: signedOut, signInError: { code: 'invalid_access_code' } },
  agent: {
    directory: (directory) => ({
      ...directory,
      agents: directory.agents.map((agent) => ({ ...agent, role: agent.isMe ? 'agent' : 'admin' })),
    }),
  },
  hours: {
    directory: (directory) => ({
      ...directory,
      settings: {
        ...directory.settings,
        openingHours: {
          weekly: [1, 2, 3, 4, 5].flatMap((weekday) => [
            { weekday, from: '09:00', to: '14:00' },
            { weekday, from: '16:00', to: '20:00' },
          ]),
          closedDays: ['2026-10-12', '2026-12-08', '2026-12-25', '2027-01-06'],
        },
      },
    }),
  },
  offline: { state: sync({ phase: 'offline', since: now - 42 * 60_000, unsent: 2 }) },
  bootstrapping: { state: sync({ phase: 'bootstrapping', progress: { done: 120, total: 480 } }), count: 12 },
  'bootstrapping-empty': {
    state: sync({ phase: 'bootstrapping', progress: { done: 0, total: 480 } }),
    count: -1,
  },
  outdated: { state: sync({ phase: 'outdated' }) },
  unsent: { state: sync({ unsent: 2 }) },
  ...Object.fromEntries(
    (
      ['wrong_key', 'corrupt', 'from_newer_version', 'locked', 'disk_full', 'no_access', 'crashed'] as const
    ).map((storeFailure) => [
      `store-${storeFailure}`,
      { state: (state: AppState) => ({ ...state, phase: 'storeUnavailable', storeFailure }) },
    ]),
  ),
  history: {
    state: sync({
      isHistoryComplete: false,
      historyProgress: { done: 341_000, total: 1_000_000 },
      historyCompleteSince: Date.UTC(2024, 2, 12, 12),
    }),
  },
  repairing: { state: sync({ check: { at: now, result: 'repairing' } }) },
  repaired: { state: sync({ check: { at: now, result: 'repaired' } }) },
  rebuilt: { state: (state) => ({ ...state, notice: 'storeRebuilt' }) },
};

const parameters = new URLSearchParams(location.search);
const scene = scenes[parameters.get('scene') ?? 'inbox'] ?? {};
const fake = createFakeBridge({ now, count: 140, ...scene });
const root = document.getElementById('root');
if (root) Object.assign(window, { fake, recado: mount(fake.bridge, root) });
