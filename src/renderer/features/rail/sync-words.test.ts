import { describe, expect, it } from 'vitest';
import type { AppState } from '../../../shared/contract/index.ts';
import { seedAppState } from '../../testing/seed.ts';
import { wordsIn } from '../../testing/words.ts';
import { syncWords } from './sync-words.ts';

/** Thursday 26 November 2026, 17:30 in Madrid. */
const NOW = Date.UTC(2026, 10, 26, 16, 30);
const HOUR = 3_600_000;
const { translation, dates } = wordsIn('es');
const say = (change: Partial<AppState['sync']>) =>
  syncWords({ ...seedAppState(NOW).sync, ...change }, NOW, translation, dates).words;

describe('syncWords', () => {
  it.each<[Partial<AppState['sync']>, string]>([
    [{}, 'Al día'],
    [{ unsent: 2 }, '2 por enviar'],
    [{ unsent: 1 }, '1 por enviar'],
    [
      { isHistoryComplete: false, historyCompleteSince: NOW - 24 * 24 * HOUR },
      'Al día · historial desde el 2 nov 2026',
    ],
    [{ isHistoryComplete: false, historyCompleteSince: null }, 'Al día'],
    [
      { isHistoryComplete: false, historyProgress: { done: 349, total: 1_000 } },
      'Descargando historial: 34 %',
    ],
    [
      {
        isHistoryComplete: false,
        historyProgress: { done: 1_001, total: 1_000 },
        historyCompleteSince: Date.UTC(2024, 2, 12, 12),
      },
      'Descargando historial: 99 %, completo desde el 12 mar 2024',
    ],
    [{ check: { at: NOW, result: 'repairing' } }, 'Corrigiendo la copia de este PC…'],
    [{ check: { at: NOW, result: 'repaired' } }, 'Al día'],
    [{ phase: 'offline', since: NOW - 7 * HOUR }, 'Sin conexión desde las 10:30'],
    [{ phase: 'offline', since: NOW - 7 * HOUR, unsent: 3 }, 'Sin conexión desde las 10:30 · 3 por enviar'],
    [{ phase: 'offline', since: NOW - 24 * HOUR }, 'Sin conexión desde el mié 25 nov, 17:30'],
    [{ phase: 'bootstrapping', progress: { done: 120, total: 480 } }, 'Preparando 120 de 480 conversaciones'],
    [
      { phase: 'bootstrapping', progress: { done: 0, total: 12_480 } },
      'Preparando 0 de 12.480 conversaciones',
    ],
    [{ phase: 'bootstrapping', progress: null }, 'Preparando las conversaciones…'],
    [{ phase: 'catchingUp' }, 'Poniéndose al día…'],
    [{ phase: 'outdated', unsent: 1 }, 'Recado necesita actualizarse · 1 por enviar'],
    [{ phase: 'sessionRevoked' }, 'Sesión terminada'],
    [{ phase: 'stopped' }, 'Sincronización parada'],
  ])('%j: %s', (change, expected) => {
    expect(say(change)).toBe(expected);
  });
});
