import type {
  AppointmentView,
  CallName,
  ConversationDetail,
  IntegrationKeyView,
} from '../../shared/contract/index.ts';
import { idOf } from './builders.ts';
import { DAY, type SeededConversation } from './seed-builders.ts';

interface FakePatientsDependencies {
  now: number;
  all(): Iterable<SeededConversation>;
  changed(conversationId: string): void;
}

const give = (data: unknown) => ({ ok: true, data }) as const;

/** Names, notes and appointments of patients, and the keys of the practice software, in memory. */
export function createFakePatients({ now, all, changed }: FakePatientsDependencies) {
  const older = new Map<string, AppointmentView[]>();
  let keys: IntegrationKeyView[] = [
    { id: idOf(13, 1), name: 'Gesden', createdAt: now - 40 * DAY, lastUsedAt: now - 4 * 60_000 },
    { id: idOf(13, 2), name: 'Web de cita previa', createdAt: now - 3 * DAY, lastUsedAt: null },
  ];
  let last = 100;

  /** The nearest two are on the seed; a few more lie further back. */
  function listOf(detail: ConversationDetail): AppointmentView[] {
    const { lastAppointment: near } = detail;
    if (!older.has(detail.patientId)) {
      const held = [detail.nextAppointment, near].filter((each) => each !== null);
      const past =
        near === null
          ? []
          : [190, 380, 400].map((days, index) => ({
              ...near,
              id: idOf(7, ++last),
              startsAt: near.startsAt - days * DAY,
              state: index === 1 ? 'cancelled' : 'attended',
              reminder: index === 1 ? 'declined' : null,
            }));
      older.set(detail.patientId, [...held, ...past]);
    }
    return older.get(detail.patientId) ?? [];
  }
  const find = (fits: (detail: ConversationDetail) => boolean) =>
    [...all()].find(({ detail }) => fits(detail));

  function setList(conversation: SeededConversation, list: AppointmentView[]): void {
    const ordered = [...list].sort((a, b) => b.startsAt - a.startsAt);
    const standing = ordered.filter(({ state }) => state !== 'cancelled');
    const nextAppointment = standing.findLast(({ startsAt }) => startsAt >= Date.now()) ?? null;
    const lastAppointment = standing.find(({ startsAt }) => startsAt < Date.now()) ?? null;
    const { detail } = conversation;
    older.set(detail.patientId, ordered);
    conversation.detail = { ...detail, nextAppointment, lastAppointment };
    conversation.row = { ...conversation.row, nextAppointmentAt: nextAppointment?.startsAt ?? null };
    changed(detail.conversationId);
  }

  /* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a double for every call at once */
  return (name: CallName, input: any): unknown => {
    switch (name) {
      case 'patient.update': {
        const { patientId, name: written, ...changes } = input;
        const conversation = find((detail) => detail.patientId === patientId);
        if (conversation === undefined) return give({});
        const before = conversation.detail;
        const patientName = written === undefined ? before.patientName : written || null;
        const displayName = patientName ?? before.profileName ?? before.phone;
        const isOnFile = patientName !== null;
        conversation.detail = { ...before, ...changes, patientName, displayName, isOnFile };
        conversation.row = { ...conversation.row, displayName, isOnFile };
        changed(before.conversationId);
        return give({});
      }
      case 'appointment.list': {
        const conversation = find((detail) => detail.patientId === input.patientId);
        return give({ appointments: conversation === undefined ? [] : listOf(conversation.detail) });
      }
      case 'appointment.put': {
        const { appointmentId, patientId, ...rest } = input;
        const conversation = find((detail) => detail.patientId === patientId);
        const id = appointmentId ?? idOf(7, ++last);
        if (conversation === undefined) return give({ appointmentId: id });
        const list = listOf(conversation.detail);
        const held = list.find((each) => each.id === id);
        const written = { isExternal: false, reminder: null, ...held, ...rest, id };
        setList(conversation, [...list.filter((each) => each.id !== id), written]);
        return give({ appointmentId: id });
      }
      case 'appointment.delete': {
        for (const conversation of all()) {
          const list = listOf(conversation.detail);
          const rest = list.filter(({ id }) => id !== input.appointmentId);
          if (rest.length < list.length) setList(conversation, rest);
        }
        return give({});
      }
      case 'integrationKey.list':
        return give({ keys });
      case 'integrationKey.create': {
        const id = idOf(13, ++last);
        keys = [...keys, { id, name: input.name, createdAt: Date.now(), lastUsedAt: null }];
        return give({ id, key: 'rk_4Jq8vT2mXc7Lw9ZpB3sN6dHy1FgKe5Ra' });
      }
      case 'integrationKey.delete':
        keys = keys.filter(({ id }) => id !== input.id);
        return give({});
      default:
        return undefined;
    }
  };
}
