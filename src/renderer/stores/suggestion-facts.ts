import type { SuggestionFacts } from '@recado/protocol';
import type { AppState, ConversationDetail } from '../../shared/contract/index.ts';

/** What is known for filling in templates and saved texts to one patient; `now` is relay time. */
export function suggestionFactsOf(
  detail: Pick<ConversationDetail, 'displayName' | 'isOnFile' | 'profileName' | 'phone' | 'nextAppointment'>,
  session: AppState['session'],
  now: number,
  language: string,
): SuggestionFacts {
  // Without a name the number stands for it, which nobody wants to be greeted by.
  const shown = detail.displayName === detail.phone ? null : detail.displayName;
  return {
    patientName: detail.isOnFile ? shown : (detail.profileName ?? shown),
    clinicName: session?.clinic.name ?? null,
    agentName: session?.agent.name ?? null,
    appointment: detail.nextAppointment,
    now,
    timeZone: session?.clinic.timeZone ?? 'Europe/Madrid',
    language,
  };
}
