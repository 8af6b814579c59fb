/** What the window changes about patients and their appointments, down to a real store. */
import { toTimestamp, type Command } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import {
  appointmentId,
  buildAppointment,
  buildConversation,
  buildPatient,
  createTestStore,
  MINUTE,
  NOON,
  patientId,
  put,
} from '../../store/testing.ts';
import type { Desk } from '../desk.ts';
import { createPatientHandlers } from './patients.ts';

function ready() {
  const { read, write } = createTestStore();
  write.applySnapshot({
    changes: [
      put('patient', 1, buildPatient(1)),
      put('patient', 2, buildPatient(2)),
      put('conversation', 3, buildConversation(1)),
      put('appointment', 4, buildAppointment(1, 1)),
      put('appointment', 5, buildAppointment(2, 1, { externalId: 'A-1' })),
    ],
  });
  const asynchronous = (queries: object) =>
    new Proxy(queries, {
      get: (target, name) => async (input: unknown) =>
        (target as Record<string | symbol, (input: unknown) => unknown>)[name]!(input),
    });
  const desk = {
    store: { read: asynchronous(read), write: asynchronous(write) },
    clock: { now: () => NOON },
    enqueue: async (command: Command) => {
      write.enqueueCommands({ commands: [command], now: NOON });
    },
  } as unknown as Desk;
  const handlers = createPatientHandlers(() => desk);
  return { handlers, list: () => read.appointments({ patientId: patientId(1) }), read };
}

const written = {
  appointmentId: null,
  patientId: patientId(1),
  startsAt: NOON + 180 * MINUTE,
  treatment: 'Revisión',
  professional: 'Dra. Gil',
  state: 'scheduled' as const,
};

describe('appointments of the window', () => {
  it('are made under a new id, and then changed under it', async () => {
    const { handlers, list } = ready();
    const made = await handlers['appointment.put'](written);
    if (!made.ok) throw new Error(made.error.code);
    const { appointmentId: id } = made.data;
    const again = { ...written, appointmentId: id, treatment: 'Empaste' };
    expect(await handlers['appointment.put'](again)).toEqual({ ok: true, data: { appointmentId: id } });
    expect(list().find((each) => each.id === id)).toMatchObject({
      treatment: 'Empaste',
      startsAt: Date.parse(toTimestamp(written.startsAt)),
    });
    expect(await handlers['appointment.delete']({ appointmentId: id })).toEqual({ ok: true, data: {} });
    expect(await handlers['appointment.delete']({ appointmentId: id })).toMatchObject({
      error: { code: 'not_found' },
    });
    expect(list()).toHaveLength(2);
  });

  it.each([
    ['of the practice software', appointmentId(2), patientId(1), 'forbidden'],
    ['of another patient', appointmentId(1), patientId(2), 'not_found'],
    ['nobody knows', appointmentId(9), patientId(1), 'not_found'],
  ])('are not changed when they are %s', async (_name, id, of, code) => {
    const { handlers, list } = ready();
    const before = list();
    const reply = await handlers['appointment.put']({ ...written, appointmentId: id, patientId: of });
    expect(reply).toMatchObject({ ok: false, error: { code } });
    expect(list()).toEqual(before);
  });

  it('of the practice software are not deleted', async () => {
    const { handlers } = ready();
    expect(await handlers['appointment.delete']({ appointmentId: appointmentId(2) })).toMatchObject({
      error: { code: 'forbidden' },
    });
  });

  it('are all listed, the newest first', async () => {
    const { handlers } = ready();
    await handlers['appointment.put'](written);
    const reply = await handlers['appointment.list']({ patientId: patientId(1) });
    const starts = reply.ok ? reply.data.appointments.map(({ startsAt }) => startsAt) : [];
    expect(starts).toHaveLength(3);
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
  });
});
