import { describe, expect, it } from 'vitest';
import { toTimestamp, type Appointment, type CommandArguments, type CommandType } from '@recado/protocol';
import {
  appointmentId,
  buildAppointment,
  buildConversation,
  buildPatient,
  buildQuery,
  commandId,
  conversationId,
  createTestStore,
  del,
  MINUTE,
  NOON,
  patientId,
  put,
  searchFor,
} from '../testing.ts';

const DAY = 24 * 60 * MINUTE;

function createClinic() {
  const store = createTestStore();
  store.write.beginSnapshot({ seq: 10, expected: 2 });
  store.write.applySnapshot({
    changes: [
      put('patient', 1, buildPatient(1, { name: 'Lucía Ejemplo', profileName: 'Lu 🌷' })),
      put('conversation', 2, buildConversation(1)),
    ],
  });
  store.write.endSnapshot({ seq: 10 });
  let last = 0;
  return {
    ...store,
    queue<Type extends CommandType>(type: Type, args: CommandArguments<Type>) {
      const command = { id: commandId(++last), type, args, basedOn: null, issuedAt: toTimestamp(NOON) };
      return { id: command.id, changes: store.write.enqueueCommands({ commands: [command], now: NOON }) };
    },
    detail: () => store.read.conversationDetail({ conversationId: conversationId(1), now: NOON }),
    rowName: () =>
      store.read.inboxPage({
        query: buildQuery(),
        before: null,
        limit: 5,
        now: NOON,
      }).rows[0]?.displayName,
    list: () => store.read.appointments({ patientId: patientId(1) }),
    refuse: (id: string) =>
      store.write.recordOutboxResults({ results: [{ id, status: 'refused', code: 'forbidden' }] }),
    apply: (id: string, seq: number) =>
      store.write.recordOutboxResults({ results: [{ id, status: 'applied', seq }] }),
  };
}

const putOf = (
  number: number,
  changes: Partial<CommandArguments<'appointment.put'>> = {},
): CommandArguments<'appointment.put'> => ({
  appointmentId: appointmentId(number),
  patientId: patientId(1),
  startsAt: toTimestamp(NOON + DAY),
  treatment: 'Revisión',
  professional: 'Dra. Gil',
  state: 'scheduled',
  ...changes,
});
const feed = (seq: number, appointment: Appointment) => ({
  changes: [put('appointment', seq, appointment)],
  next: seq,
});

describe('what people change about a patient', () => {
  it('shows everywhere at once, names the conversation, and leaves what it does not name', () => {
    const clinic = createClinic();
    const { changes } = clinic.queue('patient.update', { patientId: patientId(1), name: 'Lucía Martín' });
    expect(changes.conversationIds).toEqual([conversationId(1)]);
    expect(clinic.detail()).toMatchObject({
      displayName: 'Lucía Martín',
      patientName: 'Lucía Martín',
      profileName: 'Lu 🌷',
      note: '',
    });
    expect(clinic.rowName()).toBe('Lucía Martín');
    expect(searchFor(clinic, 'martin').patients).toHaveLength(1);
    expect(searchFor(clinic, 'ejemplo').patients).toHaveLength(0);
  });

  it('gives way to the WhatsApp name when the name is taken away', () => {
    const clinic = createClinic();
    clinic.queue('patient.update', { patientId: patientId(1), name: '' });
    expect(clinic.detail()).toMatchObject({ displayName: 'Lu 🌷', patientName: null, isOnFile: false });
  });

  it('is taken back when the relay refuses it', () => {
    const clinic = createClinic();
    const { id } = clinic.queue('patient.update', {
      patientId: patientId(1),
      note: 'Alérgica',
      remindersOff: true,
    });
    expect(clinic.detail()).toMatchObject({ note: 'Alérgica', remindersOff: true });
    const { refused } = clinic.refuse(id);
    expect(refused).toMatchObject([{ type: 'patient.update', code: 'forbidden' }]);
    expect(clinic.detail()).toMatchObject({ note: '', remindersOff: false });
  });

  it('stays on top of a newer word of the relay until its own has come', () => {
    const clinic = createClinic();
    const { id } = clinic.queue('patient.update', { patientId: patientId(1), name: 'Lucía M.' });
    clinic.write.applyChanges({
      changes: [put('patient', 11, buildPatient(1, { name: 'Otra', note: 'Nueva nota' }))],
      next: 11,
    });
    expect(clinic.detail()).toMatchObject({ displayName: 'Lucía M.', note: 'Nueva nota' });
    clinic.apply(id, 12);
    expect(clinic.detail()).toMatchObject({ displayName: 'Lucía M.' });
    clinic.write.applyChanges({
      changes: [put('patient', 12, buildPatient(1, { name: 'Lucía M.', note: 'Nueva nota' }))],
      next: 12,
    });
    expect(clinic.detail()).toMatchObject({ displayName: 'Lucía M.', note: 'Nueva nota' });
    expect(clinic.read.outboxCounts({})).toEqual({ unsent: 0, refused: 0 });
  });
});

describe('appointments made by hand', () => {
  it('appear at once, next to the relay’s, and count for nothing the relay compares', () => {
    const clinic = createClinic();
    clinic.write.applyChanges(
      feed(
        11,
        buildAppointment(1, 1, {
          startsAt: toTimestamp(NOON + 2 * DAY),
          externalId: 'A-1',
          reminder: 'sent',
        }),
      ),
    );
    const before = clinic.read.checksums({ fromOrdinal: 0 })?.entities.appointment;
    clinic.queue('appointment.put', putOf(2));
    expect(clinic.list()).toMatchObject([
      { id: appointmentId(1), isExternal: true, reminder: 'sent' },
      { id: appointmentId(2), isExternal: false, reminder: null, treatment: 'Revisión' },
    ]);
    expect(clinic.detail()?.nextAppointment?.id).toBe(appointmentId(2));
    expect(clinic.read.checksums({ fromOrdinal: 0 })?.entities.appointment).toEqual(before);
  });

  it('survive a snapshot that does not know them yet', () => {
    const clinic = createClinic();
    clinic.queue('appointment.put', putOf(2));
    clinic.write.beginSnapshot({ seq: 20, expected: 2 });
    clinic.write.applySnapshot({
      changes: [put('patient', 1, buildPatient(1)), put('conversation', 2, buildConversation(1))],
    });
    clinic.write.endSnapshot({ seq: 20 });
    expect(clinic.list()).toHaveLength(1);
  });

  it('go when refused, and become the relay’s when it has them', () => {
    const clinic = createClinic();
    const refused = clinic.queue('appointment.put', putOf(2));
    clinic.refuse(refused.id);
    expect(clinic.list()).toEqual([]);
    const taken = clinic.queue('appointment.put', putOf(3));
    clinic.apply(taken.id, 11);
    clinic.write.applyChanges(
      feed(11, buildAppointment(3, 1, { startsAt: toTimestamp(NOON + DAY), treatment: 'Revisión' })),
    );
    expect(clinic.list()).toHaveLength(1);
    expect(clinic.read.checksums({ fromOrdinal: 0 })?.entities.appointment).toEqual({
      count: 1,
      versions: 11,
    });
  });

  it('are gone at once when deleted, and back when that is refused, with the version they had', () => {
    const clinic = createClinic();
    clinic.write.applyChanges(feed(11, buildAppointment(1, 1)));
    const { id, changes } = clinic.queue('appointment.delete', { appointmentId: appointmentId(1) });
    expect(changes.conversationIds).toEqual([conversationId(1)]);
    expect(clinic.list()).toEqual([]);
    expect(clinic.detail()?.nextAppointment).toBeNull();
    expect(clinic.read.appointment({ appointmentId: appointmentId(1) })).toBeNull();
    expect(clinic.read.checksums({ fromOrdinal: 0 })?.entities.appointment).toEqual({
      count: 1,
      versions: 11,
    });
    const back = clinic.refuse(id);
    expect(back.changes.conversationIds).toContain(conversationId(1));
    expect(clinic.list()).toHaveLength(1);
  });

  it('stay away when the relay has deleted them, too', () => {
    const clinic = createClinic();
    clinic.write.applyChanges(feed(11, buildAppointment(1, 1)));
    const { id } = clinic.queue('appointment.delete', { appointmentId: appointmentId(1) });
    clinic.apply(id, 12);
    clinic.write.applyChanges({ changes: [del('appointment', 12, appointmentId(1))], next: 12 });
    expect(clinic.list()).toEqual([]);
    expect(clinic.read.outboxCounts({})).toEqual({ unsent: 0, refused: 0 });
  });

  it('show what the relay knows of them under what is pending', () => {
    const clinic = createClinic();
    clinic.write.applyChanges(feed(11, buildAppointment(1, 1)));
    clinic.queue('appointment.put', putOf(1, { treatment: 'Empaste' }));
    clinic.write.applyChanges(feed(12, buildAppointment(1, 1, { reminder: 'confirmed' })));
    expect(clinic.list()).toMatchObject([{ treatment: 'Empaste', reminder: 'confirmed' }]);
  });
});
