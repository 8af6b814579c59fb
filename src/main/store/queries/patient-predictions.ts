/** Patients and appointments as this PC's pending commands will leave them. */
import type { WriteDatabase } from '../database.ts';
import { listPredictedAppointments, refreshAppointment } from './appointments.ts';
import { listPendingReference } from './outbox.ts';
import { listPredictedPatients, refreshPatient } from './patients.ts';

/** Puts pending commands on top of the relay's word again; answers the patients who look different now. */
export function refreshPatientData(database: WriteDatabase): string[] {
  const pending = listPendingReference(database);
  const patientIds = new Set(listPredictedPatients(database));
  const appointmentIds = new Set(listPredictedAppointments(database));
  for (const { type, args } of pending) {
    if (type === 'patient.update') patientIds.add(args.patientId);
    else if (type === 'appointment.put' || type === 'appointment.delete')
      appointmentIds.add(args.appointmentId);
  }
  const touched = new Set<string>();
  for (const id of patientIds) if (refreshPatient(database, id, pending)) touched.add(id);
  for (const id of appointmentIds)
    for (const patientId of refreshAppointment(database, id, pending)) touched.add(patientId);
  return [...touched];
}
