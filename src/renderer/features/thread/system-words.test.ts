import { SYSTEM_EVENTS } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import { idOf } from '../../testing/builders.ts';
import { wordsIn } from '../../testing/words.ts';
import { systemWords } from './system-words.ts';

const names = {
  agents: [{ id: idOf(8, 2), name: 'David León', role: 'agent', active: true, isMe: false }],
  teams: [{ id: idOf(5, 1), name: 'Recepción', memberIds: [] }],
  tags: [
    { id: idOf(9, 1), name: 'Presupuesto', color: '#d97706' },
    { id: idOf(9, 2), name: 'Dudas', color: '#2563eb' },
  ],
};
type Event = NonNullable<ThreadItem['content']['event']>;
const marta = { kind: 'agent', name: 'Marta', isMe: false };
const nobody = { kind: 'relay', name: null, isMe: false };

function say(event: Event | undefined, author: ThreadItem['author'] = marta, language: 'es' | 'en' = 'es') {
  const { translation, dates } = wordsIn(language);
  const content = event === undefined ? {} : { event };
  return systemWords({ content, author, sentAt: 0 }, names, translation, dates);
}

describe('systemWords', () => {
  it.each<[Event, ThreadItem['author'], string]>([
    [{ code: 'closed' }, marta, 'Marta cerró la conversación'],
    [{ code: 'closed' }, { ...marta, isMe: true }, 'Cerraste la conversación'],
    [{ code: 'closed' }, nobody, 'Se cerró la conversación'],
    [{ code: 'reopened_by_patient' }, nobody, 'Reabierta por mensaje del paciente'],
    [{ code: 'reopened_by_staff' }, nobody, 'Reabierta por la clínica'],
    [
      { code: 'assigned', agentIds: [idOf(8, 2)], teamIds: [idOf(5, 1)] },
      marta,
      'Marta asignó a David León y al grupo Recepción',
    ],
    [
      { code: 'tagged', tagIds: [idOf(9, 1), idOf(9, 2)] },
      marta,
      'Marta etiquetó con «Presupuesto» y «Dudas»',
    ],
    [
      { code: 'snoozed', until: '2026-11-26T16:30:00.000Z' },
      marta,
      'Marta pospuso la conversación hasta el jue 26 nov, 17:30',
    ],
    [{ code: 'bot_closed', reason: 'no_answer' }, nobody, 'Recordatorio sin respuesta: cerrada'],
    [{ code: 'blocked' }, marta, 'Marta bloqueó al paciente en WhatsApp'],
    [{ code: 'unblocked' }, { ...marta, isMe: true }, 'Desbloqueaste al paciente en WhatsApp'],
    [
      { code: 'block_failed', reason: '139102' },
      marta,
      'WhatsApp no bloqueó al paciente: solo deja bloquear a quien ha escrito en las últimas 24 horas',
    ],
    [
      { code: 'unblock_failed', reason: '131016' },
      marta,
      'WhatsApp no desbloqueó al paciente (código 131016): sigue bloqueado',
    ],
    [{ code: 'bot_closed' }, nobody, 'El bot terminó y cerró la conversación'],
  ])('%j', (event, author, expected) => {
    expect(say(event, author)).toBe(expected);
  });

  it.each([
    undefined,
    { code: 'teleported' },
    { code: 'assigned' },
    { code: 'tagged', tagIds: [idOf(9, 7)] },
  ])('says only that something changed for %j', (event) => {
    expect(say(event as Event)).toBe('Cambio en la conversación');
  });

  it('never shows a code or a hole, in either language', () => {
    for (const language of ['es', 'en'] as const) {
      for (const code of SYSTEM_EVENTS) {
        for (const author of [marta, nobody]) {
          const words = say({ code, agentIds: [idOf(8, 2)], tagIds: [idOf(9, 1)] }, author, language);
          expect(words).not.toMatch(/_|\{\{|thread\./u);
        }
      }
    }
  });
});
