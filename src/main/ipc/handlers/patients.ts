import { newId, toTimestamp } from '@recado/protocol';
import { commandOf } from '../commanding.ts';
import { withDesk, type FindDesk } from '../desk.ts';
import { done, refused, type Handlers } from '../dispatcher.ts';

/** What the clinic knows of its patients, and their appointments made by hand. */
export function createPatientHandlers(
  findDesk: FindDesk,
): Pick<Handlers, 'patient.update' | 'appointment.list' | 'appointment.put' | 'appointment.delete'> {
  return {
    'patient.update': (changes) =>
      withDesk(findDesk, async (desk) => {
        await desk.enqueue(commandOf(desk, 'patient.update', changes));
        return done({});
      }),

    'appointment.list': ({ patientId }) =>
      withDesk(findDesk, async ({ store }) =>
        done({ appointments: await store.read.appointments({ patientId }) }),
      ),

    'appointment.put': ({ appointmentId: givenId, startsAt, ...rest }) =>
      withDesk(findDesk, async (desk) => {
        if (givenId !== null) {
          const held = await desk.store.read.appointment({ appointmentId: givenId });
          if (held === null || held.patientId !== rest.patientId) return refused('not_found');
          if (held.isExternal) return refused('forbidden');
        }
        const appointmentId = givenId ?? newId();
        const args = { ...rest, appointmentId, startsAt: toTimestamp(startsAt) };
        await desk.enqueue(commandOf(desk, 'appointment.put', args));
        return done({ appointmentId });
      }),

    'appointment.delete': ({ appointmentId }) =>
      withDesk(findDesk, async (desk) => {
        const held = await desk.store.read.appointment({ appointmentId });
        if (held === null) return refused('not_found');
        if (held.isExternal) return refused('forbidden');
        await desk.enqueue(commandOf(desk, 'appointment.delete', { appointmentId }));
        return done({});
      }),
  };
}
