import { buildDraft, buildMedia, idOf } from './builders.ts';
import { HISTORIES } from './seed-texts.ts';
import {
  AGENTS,
  buildConversation,
  buildMessage,
  DAY,
  halfHour,
  HOUR,
  MINUTE,
  TAGS,
  TEAMS,
  type SeededConversation,
} from './seed-builders.ts';

const appointment = (
  index: number,
  startsAt: number,
  treatment: string,
  professional: string,
  state: string,
  more: { isExternal?: boolean; reminder?: string } = {},
) => ({
  id: idOf(7, index),
  startsAt,
  treatment,
  professional,
  state,
  isExternal: more.isExternal ?? false,
  reminder: more.reminder ?? null,
});

/** The conversations everyone looks at: one of each kind of thing that can stand in a thread. */
export function showcase(now: number): SeededConversation[] {
  const today = now - 2 * HOUR;
  const lucia = buildConversation(1, {
    name: 'Lucía Martín',
    phone: '+34 600 11 12 22',
    unread: 2,
    items: [
      ...HISTORIES.long.map((text, index) =>
        buildMessage(now - 12 * DAY + index * 7 * MINUTE, {
          text,
          ...(index % 3 === 1 ? { direction: 'outbound' } : {}),
        }),
      ),
      buildMessage(now - DAY - 2 * HOUR, {
        direction: 'outbound',
        kind: 'template',
        text: 'Hola Lucía, te recordamos tu cita de *ortodoncia* el jueves a las *17:30* con la Dra. Gil.',
        author: { kind: 'bot', name: 'Bot', isMe: false },
        content: {
          template: {
            name: 'recordatorio_cita',
            language: 'es',
            header: null,
            footer: 'Clínica Alameda',
            buttons: [{ type: 'QUICK_REPLY', text: 'Confirmo' }],
          },
        },
      }),
      buildMessage(now - DAY - 110 * MINUTE, {
        kind: 'button',
        text: 'Confirmo',
        content: { choice: { title: 'Confirmo', description: null, payload: 'confirm' } },
      }),
      buildMessage(now - DAY - 108 * MINUTE, {
        text: 'Gracias, allí estaré 😊',
        reactions: [{ by: 'clinic', emoji: '👍' }],
      }),
      buildMessage(now - DAY - 105 * MINUTE, {
        direction: 'internal',
        kind: 'system',
        content: { event: { code: 'assigned', agentIds: [AGENTS.david.id], teamIds: [TEAMS.reception.id] } },
        author: { kind: 'agent', name: AGENTS.ines.name, isMe: false },
      }),
      buildMessage(today, {
        kind: 'audio',
        content: {
          media: buildMedia({
            id: idOf(6, 1),
            mimeType: 'audio/ogg; codecs=opus',
            fileName: null,
            sizeBytes: 38_400,
            voice: true,
          }),
        },
      }),
      buildMessage(today + 11 * MINUTE, {
        direction: 'outbound',
        text: 'Buenos días Lucía, le adjunto el presupuesto que comentamos.',
      }),
      buildMessage(today + 11.2 * MINUTE, {
        direction: 'outbound',
        kind: 'document',
        content: {
          media: buildMedia({
            id: idOf(6, 2),
            mimeType: 'application/pdf',
            fileName: 'presupuesto-2026.pdf',
            sizeBytes: 214_000,
            voice: false,
          }),
        },
        delivery: { state: 'delivered', error: null, canRetry: false, canDiscard: false },
      }),
      buildMessage(today + 13 * MINUTE, {
        direction: 'internal',
        kind: 'note',
        text: 'Pide pagar en 3 plazos, consultar con administración.',
        author: { kind: 'agent', name: 'David León', isMe: false },
      }),
      buildMessage(today + 100 * MINUTE, {
        text: '¡Gracias! Lo miro esta tarde',
        replyTo: {
          messageId: idOf(2, 151),
          author: { kind: 'agent', name: AGENTS.marta.name, isMe: true },
          kind: 'text',
          text: 'Buenos días Lucía, le adjunto el presupuesto que comentamos.',
        },
      }),
      buildMessage(today + 102 * MINUTE, { text: 'Perfecto, ¿puedo llevar la radiografía?' }),
    ],
    row: { tags: [TAGS.budget], nextAppointmentAt: halfHour(now + 3.9 * DAY), assignees: [AGENTS.marta] },
    detail: {
      profileName: 'Lucy M. 🌷',
      note: 'Alérgica a la penicilina. Prefiere que la llamen por la tarde.',
      assignees: [AGENTS.marta],
      teams: [TEAMS.reception],
      participants: [
        { ...AGENTS.marta, lastAt: now - HOUR },
        { ...AGENTS.david, lastAt: now - 20 * DAY },
      ],
      nextAppointment: appointment(1, halfHour(now + 3.9 * DAY), 'Ortodoncia', 'Dra. Gil', 'confirmed', {
        isExternal: true,
        reminder: 'confirmed',
      }),
      lastAppointment: appointment(2, halfHour(now - 20.4 * DAY), 'Revisión', 'Dra. Gil', 'attended'),
    },
  });

  const kinds = buildConversation(2, {
    name: 'Javier Cano',
    phone: '+34 611 22 33 44',
    unread: 1,
    items: [
      buildMessage(now - 25 * HOUR, {
        text: 'Buenas, vi vuestro anuncio de implantes',
        content: {
          referral: {
            headline: 'Implantes desde 59 €/mes',
            body: 'Primera visita gratis en noviembre.',
            url: null,
          },
        },
      }),
      buildMessage(now - 23.4 * HOUR, {
        kind: 'interactive',
        text: 'Martes por la tarde',
        content: {
          choice: { title: 'Martes por la tarde', description: 'De 16:00 a 20:00', payload: 'tue-pm' },
        },
      }),
      buildMessage(now - 23.3 * HOUR, {
        kind: 'interactive',
        text: 'Formulario enviado',
        content: {
          choice: { title: 'Formulario enviado', description: null, payload: null },
          form: [
            { name: 'Alergias', value: 'Ninguna' },
            { name: 'Medicación', value: 'Sintrom, control el día 14' },
          ],
        },
      }),
      buildMessage(now - 23.2 * HOUR, {
        kind: 'location',
        content: {
          location: {
            latitude: 40.41678,
            longitude: -3.70379,
            name: 'Puerta del Sol',
            address: 'Puerta del Sol, 7, 28013 Madrid',
          },
        },
      }),
      buildMessage(now - 23.1 * HOUR, {
        kind: 'contacts',
        content: {
          contacts: [
            {
              name: 'Dr. Ramón Íñiguez (médico de cabecera)',
              phones: ['+34 915 55 12 34'],
              emails: ['r.iniguez@salud.example'],
            },
          ],
        },
      }),
      buildMessage(now - 23 * HOUR, {
        kind: 'image',
        text: 'Así tengo la encía desde ayer',
        content: {
          media: buildMedia({
            id: idOf(6, 3),
            mimeType: 'image/jpeg',
            fileName: null,
            sizeBytes: 1_830_000,
            width: 1_600,
            height: 1_200,
          }),
        },
      }),
      buildMessage(now - 22.95 * HOUR, { kind: 'unsupported', content: { unsupportedType: 'poll' } }),
      buildMessage(now - 22.9 * HOUR, {
        kind: 'order',
        content: {
          order: [{ product: 'Cepillo interdental 0,7 mm', quantity: '2', price: '4.50', currency: 'EUR' }],
        },
      }),
      buildMessage(now - 22.88 * HOUR, { text: 'este mensaje no se ve', isRevoked: true }),
      buildMessage(now - 22.85 * HOUR, {
        text: 'Quería decir el *martes 24*, no el _miércoles_. ~A las 16~ a las 17:\n* traigo la radiografía\n* y el volante\n> ¿Le viene bien?\nMire https://clinica-alameda.example/citas?dia=24.',
        isEdited: true,
        edits: [{ text: 'Quería decir el miércoles a las 16', at: now - 22.86 * HOUR }],
      }),
      buildMessage(now - 22.84 * HOUR, {
        text: 'Llegará pronto…',
        isLate: true,
        content: { forwarded: true },
      }),
      buildMessage(now - 40 * MINUTE, {
        direction: 'outbound',
        text: 'Buenas tardes, Javier. Le paso con la doctora.',
        author: { kind: 'agent', name: 'David León', isMe: false },
        delivery: { state: 'sent', error: null, canRetry: false, canDiscard: false },
      }),
      buildMessage(now - 39 * MINUTE, {
        direction: 'outbound',
        text: 'Contestado desde el móvil de recepción.',
        author: { kind: 'phone', name: null, isMe: false },
      }),
      buildMessage(now - 38 * MINUTE, {
        direction: 'outbound',
        text: 'Puede venir el martes a las 17:00.',
        delivery: {
          state: 'failed',
          error: { code: '131026', title: null },
          canRetry: true,
          canDiscard: true,
        },
      }),
      buildMessage(now - 22.2 * HOUR + 21 * HOUR + 52 * MINUTE, {
        kind: 'audio',
        content: {
          media: buildMedia({
            id: idOf(6, 4),
            mimeType: 'audio/ogg',
            fileName: null,
            sizeBytes: 21_000,
            voice: true,
          }),
        },
      }),
    ],
    facts: { lastInboundSentAt: now - 22.84 * HOUR, windowExpiresAt: now + 70 * MINUTE },
    row: { nextAppointmentAt: halfHour(now + 15 * HOUR) },
    detail: {
      nextAppointment: appointment(
        3,
        halfHour(now + 15 * HOUR),
        'Valoración de implante',
        'Dr. Soto',
        'scheduled',
      ),
    },
  });

  const soon = buildConversation(3, {
    name: 'Ana Robles',
    phone: '+34 622 33 44 55',
    items: [
      buildMessage(now - 23.6 * HOUR, { text: '¿Me confirma la hora del jueves?' }),
      buildMessage(now - 50 * MINUTE, {
        direction: 'outbound',
        text: 'Le confirmo la cita del jueves a las 17:30',
        delivery: { state: 'delivered', error: null, canRetry: false, canDiscard: false },
      }),
    ],
    row: { tags: [TAGS.first, TAGS.insurer] },
  });

  const unknown = buildConversation(4, {
    name: null,
    phone: '+34 612 34 56 78',
    unread: 3,
    items: [
      buildMessage(now - 72 * MINUTE, { text: 'Hola' }),
      buildMessage(now - 71 * MINUTE, { text: '¿Trabajan con mi seguro?' }),
      buildMessage(now - 70 * MINUTE, { text: 'Tengo Adeslas Dental' }),
    ],
    detail: { profileName: 'Fer' },
  });

  const templateOnly = buildConversation(5, {
    name: 'María del Pilar Fernández-Villaverde y Rodríguez de Castro',
    phone: '+34 633 44 55 66',
    items: [
      buildMessage(now - 30 * HOUR, { text: 'Muchísimas gracias por todo, hasta la próxima revisión' }),
      buildMessage(now - 45 * MINUTE, {
        direction: 'outbound',
        text: 'A usted. Le llamaremos para la higiene de primavera.',
      }),
    ],
    row: { tags: [TAGS.doubts, TAGS.budget, TAGS.insurer, TAGS.first], hasDraft: true },
    detail: { draft: buildDraft('Hola María del Pilar, ¿le viene bien el jueves a las 12?') },
  });

  const failed = buildConversation(6, {
    name: 'Marcos Sáez',
    phone: '+34 644 55 66 77',
    items: [
      buildMessage(now - 23.87 * HOUR, { text: '¿Puedo cambiar la cita?' }),
      buildMessage(now - 3 * HOUR, {
        direction: 'outbound',
        text: 'Claro, ¿le viene bien el lunes?',
        delivery: {
          state: 'failed',
          error: { code: '131047', title: null },
          canRetry: false,
          canDiscard: true,
        },
      }),
    ],
  });

  const waiting = buildConversation(7, {
    name: 'Pilar Vega',
    phone: '+34 655 66 77 88',
    unread: 1,
    items: [
      buildMessage(now - 2.4 * HOUR, {
        kind: 'document',
        text: null,
        content: {
          media: buildMedia({
            id: null,
            mimeType: 'application/pdf',
            fileName: 'informe-analitica.pdf',
            sizeBytes: null,
            voice: false,
          }),
        },
      }),
    ],
    row: { nextAppointmentAt: halfHour(now + 90 * MINUTE) },
  });

  return [lucia, kinds, soon, unknown, templateOnly, failed, waiting];
}
