import { describe, expect, test } from 'vitest';
import type { PatientMessage, SandboxMessage } from '../graph-api/index.ts';
import { createRandom } from '../random.ts';
import { answerTo, intentOf } from './dialogues.ts';
import { PEOPLE } from './people.ts';
import { createTown, type TownOptions, type TownSandbox } from './town.ts';

/** Time that passes only when told to, task by task in order of time. */
function createTimeline() {
  let now = 0;
  let order = 0;
  let tasks: { at: number; order: number; task: () => void }[] = [];
  return {
    later(delayMs: number, task: () => void) {
      const entry = { at: now + delayMs, order: (order += 1), task };
      tasks.push(entry);
      return () => {
        tasks = tasks.filter((candidate) => candidate !== entry);
      };
    },
    async runUntil(end: number) {
      for (;;) {
        const next = tasks.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
        if (!next || next.at > end) break;
        tasks = tasks.filter((candidate) => candidate !== next);
        now = next.at;
        next.task();
        await Promise.resolve();
      }
      now = end;
    },
    waiting: () => tasks.length,
    now: () => now,
  };
}

function createStage(options: Partial<TownOptions> = {}) {
  const timeline = createTimeline();
  const log: string[] = [];
  let listener: (message: SandboxMessage) => void = () => {};
  const action = { id: 'wamid.in', http: 200, eventId: null };
  const sandbox: TownSandbox = {
    registerUser: (user) => ({
      phone: null,
      userId: '',
      username: null,
      name: null,
      onWhatsapp: true,
      ...user,
    }),
    onMessage(next) {
      listener = next;
      return () => {
        listener = () => {};
      };
    },
    patientWrites: async (input: PatientMessage) => {
      log.push(`${timeline.now()} ${input.from}: ${input.text ?? JSON.stringify(input.message)}`);
      return action;
    },
    patientReacts: async (input) => {
      log.push(`${timeline.now()} ${input.from} ${input.emoji} ${input.to}`);
      return action;
    },
    patientReads: async (id) => {
      log.push(`${timeline.now()} read ${id}`);
      return action;
    },
  };
  const town = createTown({ sandbox, later: timeline.later, ...options });
  const clinicWrites = (phone: string, text: string, body: SandboxMessage['body'] = null) =>
    listener({
      id: `wamid.${text.length}`,
      numberId: '1',
      user: { phone, userId: 'ES.1', username: null, name: null, onWhatsapp: true },
      direction: 'out',
      body,
      text,
    });
  return { timeline, log, town, clinicWrites };
}

describe('the town', () => {
  test('writes by itself at a calm pace, the same for the same seed', async () => {
    const runs = await Promise.all(
      ['a', 'a', 'b'].map(async (seed) => {
        const stage = createStage({ seed });
        await stage.timeline.runUntil(600_000);
        stage.town.stop();
        expect(stage.timeline.waiting()).toBe(0);
        return stage.log;
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]).not.toEqual(runs[2]);
    expect(runs[0]?.length).toBeGreaterThanOrEqual(10);
    expect(runs[0]?.length).toBeLessThanOrEqual(30);
  });

  test('keeps quiet when asked to, and still answers', async () => {
    const stage = createStage({ spontaneous: false });
    await stage.timeline.runUntil(600_000);
    expect(stage.log).toEqual([]);
    stage.clinicWrites('+34600111222', '¿Confirma la cita?');
    await stage.timeline.runUntil(620_000);
    expect(stage.log[0]).toContain('read wamid.');
    expect(stage.log).toHaveLength(2);
  });

  test('never shows that Marcos read', async () => {
    const stage = createStage({ spontaneous: false });
    const unreceipted = PEOPLE.find((person) => !person.reads);
    stage.clinicWrites(unreceipted?.phone ?? '', 'El presupuesto son 300 €');
    await stage.timeline.runUntil(60_000);
    expect(stage.log.some((line) => line.includes('read'))).toBe(false);
    expect(stage.log).toHaveLength(1);
  });

  test('presses a button of a template', async () => {
    const stage = createStage({
      spontaneous: false,
      templates: [
        {
          id: '1',
          name: 'recordatorio_cita',
          language: 'es',
          status: 'APPROVED',
          category: 'UTILITY',
          parameter_format: 'POSITIONAL',
          components: [{ type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Confirmar' }] }],
        },
      ],
    });
    stage.clinicWrites('+34699999999', '', {
      messaging_product: 'whatsapp',
      to: '+34699999999',
      type: 'template',
      template: { name: 'recordatorio_cita', language: { code: 'es' } },
    });
    await stage.timeline.runUntil(60_000);
    expect(stage.log.at(-1)).toContain('"payload":"CONFIRMAR"');
  });
});

test.each([
  ['Le confirmamos la cita', 'confirm'],
  ['Tenemos hueco el jueves a las 17:30', 'appointment'],
  ['El presupuesto son 450 €', 'price'],
  ['¿Qué seguro tiene?', 'insurance'],
  ['Gracias a ti, hasta luego', 'goodbye'],
  ['Ok', 'anything'],
])('reads "%s" as %s', (text, intent) => {
  expect(intentOf(text)).toBe(intent);
  expect(answerTo(text, createRandom(7), 0)).toEqual(answerTo(text, createRandom(7), 0));
});
