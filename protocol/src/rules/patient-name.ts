import type { Patient } from '../entities.ts';
import { formatPhone } from './phone.ts';

/** The name a row shows: the clinic's, else WhatsApp's, else the number; null when there is none of them. */
export function patientDisplayName(patient: Pick<Patient, 'name' | 'profileName' | 'phone'>): string | null {
  return patient.name || patient.profileName || (patient.phone === null ? null : formatPhone(patient.phone));
}
