import type { EventPayload } from '../../shared/contract/index.ts';
import type { SentenceKey } from '../i18n/index.ts';

const WHAT: Record<string, SentenceKey> = {
  'conversation.close': 'refused.close',
  'conversation.reopen': 'refused.reopen',
  'conversation.markSpam': 'refused.markSpam',
  'conversation.unmarkSpam': 'refused.unmarkSpam',
  'conversation.block': 'refused.block',
  'conversation.unblock': 'refused.unblock',
  'conversation.assign': 'refused.assign',
  'conversation.unassign': 'refused.unassign',
  'conversation.tag': 'refused.tag',
  'conversation.untag': 'refused.tag',
  'conversation.setBot': 'refused.setBot',
  'conversation.snooze': 'refused.snooze',
  'conversation.pin': 'refused.pin',
  'note.add': 'refused.note',
  'tag.create': 'refused.tags',
  'tag.update': 'refused.tags',
  'tag.merge': 'refused.tags',
  'tag.delete': 'refused.tags',
  'team.create': 'refused.teams',
  'team.update': 'refused.teams',
  'team.delete': 'refused.teams',
  'clinic.updateSettings': 'refused.settings',
  'agent.update': 'refused.agents',
  'patient.update': 'patient.refused',
  'appointment.put': 'patient.appointmentRefused',
  'appointment.delete': 'patient.appointmentRefused',
};

const WHY: Record<string, SentenceKey> = {
  stale: 'refused.why.stale',
  forbidden: 'refused.why.forbidden',
  last_administrator: 'refused.why.lastAdministrator',
  name_taken: 'refused.why.nameTaken',
  conversation_not_found: 'refused.why.gone',
  patient_not_found: 'refused.why.gone',
  appointment_not_found: 'refused.why.gone',
  tag_not_found: 'refused.why.gone',
  team_not_found: 'refused.why.gone',
  agent_not_found: 'refused.why.gone',
  conversation_is_spam: 'refused.why.spam',
  conversation_blocked: 'refused.why.blocked',
  not_blockable: 'refused.why.notBlockable',
  unknown_command: 'refused.why.oldServer',
};

const pick = (table: Record<string, SentenceKey>, name: string): SentenceKey | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** What did not happen, and why, as sentences: "No se cerró", "el paciente ha escrito". */
export function refusalWords({ commandType, code }: Pick<EventPayload<'refused'>, 'commandType' | 'code'>): {
  key: SentenceKey;
  reason: SentenceKey;
} {
  return { key: pick(WHAT, commandType) ?? 'refused.other', reason: pick(WHY, code) ?? 'refused.why.other' };
}
