import { toEpoch, type Conversation } from '@recado/protocol';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { factsOf } from '../conversation-facts.ts';
import type { ReadDatabase } from '../database.ts';
import { getNearestAppointments } from './appointments.ts';
import { getDraft } from './drafts.ts';
import { mapReference } from './reference.ts';
import { agentViews, tagViews } from './views.ts';

interface DetailRow {
  shown_json: string;
  display_name: string | null;
  name: string | null;
  profile_name: string | null;
  formatted_phone: string | null;
  note: string | null;
  language: string | null;
  reminders_off: number | null;
}

/** Everything beside a thread: who the patient is, who has the conversation, what comes next. */
export function getConversationDetail(
  database: ReadDatabase,
  input: { conversationId: string; now: number },
): ConversationDetail | null {
  const { conversationId, now } = input;
  const row = database.get<DetailRow>(
    `select coalesce(prediction_json, relay_json) as shown_json, display_name, name, profile_name, formatted_phone, note,
       language, reminders_off
     from conversations left join patients on patients.id = conversations.patient_id
     where conversations.id = :conversationId and queue is not null`,
    { conversationId },
  );
  if (row === undefined) return null;
  const conversation = JSON.parse(row.shown_json) as Conversation;
  const agents = mapReference(database, 'agent');
  const teams = mapReference(database, 'team');
  const agentName = (id: string) => agents.get(id)?.name ?? '';
  const appointments = getNearestAppointments(database, { patientId: conversation.patientId, now });
  return {
    conversationId,
    displayName: row.display_name,
    isOnFile: Boolean(row.name),
    profileName: row.profile_name,
    patientId: conversation.patientId,
    patientName: row.name || null,
    language: row.language,
    remindersOff: row.reminders_off === 1,
    phone: row.formatted_phone,
    note: row.note ?? '',
    facts: factsOf(conversation),
    tags: tagViews(mapReference(database, 'tag'), conversation.tagIds),
    assignees: agentViews(agents, conversation.assigneeIds),
    teams: conversation.teamIds.flatMap((id) => {
      const team = teams.get(id);
      return team === undefined ? [] : [{ id, name: team.name }];
    }),
    participants: conversation.participants.map(({ agentId, lastAt }) => ({
      id: agentId,
      name: agentName(agentId),
      lastAt: toEpoch(lastAt),
    })),
    nextAppointment: appointments.next,
    lastAppointment: appointments.last,
    pinned: conversation.pinned,
    snoozedUntil: toEpoch(conversation.snoozedUntil),
    draft: getDraft(database, conversationId),
  };
}
