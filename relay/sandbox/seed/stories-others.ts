import { SAMPLES } from '../media/samples.ts';
import { DAVID, MARTA, NURIA } from './clinic.ts';
import {
  assigned,
  bot,
  botEnds,
  closes,
  known,
  marksSpam,
  patient,
  presses,
  readBy,
  reminder,
  sends,
  sendsFile,
  sendsTemplate,
  staff,
  type Story,
} from './story.ts';

/** Conversations the bot is holding: reminders with and without an answer. */
export const WITH_BOT: readonly Story[] = [
  {
    patient: known('Gloria Nieto', '+34600200310'),
    appointments: [
      {
        when: '+1d 16:00',
        treatment: 'Fisioterapia',
        professional: 'Sergio Mora',
        state: 'scheduled',
        reminder: 'sent',
      },
    ],
    lines: [
      reminder('-180m', ['Gloria', 'fisioterapia', 'mañana', '16:00', 'Sergio Mora'], {
        status: 'delivered',
      }),
    ],
  },
  {
    patient: known('Adrián Pons', '+34600200311'),
    appointments: [
      {
        when: '+1d 09:30',
        treatment: 'Endodoncia',
        professional: 'Dr. Soler',
        state: 'confirmed',
        reminder: 'confirmed',
      },
    ],
    lines: [
      reminder('-240m', ['Adrián', 'endodoncia', 'mañana', '9:30', 'el Dr. Soler'], { key: 'reminder' }),
      presses('left 1210m', 'Confirmar', { replyTo: 'reminder' }),
      bot('-229m', '¡Gracias, Adrián! Tu cita queda confirmada. Te esperamos.'),
    ],
  },
  {
    patient: known('Sara Quintana', '+34600200312'),
    appointments: [
      {
        when: '+1d 12:15',
        treatment: 'Revisión',
        professional: 'Dra. Gil',
        state: 'scheduled',
        reminder: 'declined',
      },
    ],
    lines: [
      reminder('-200m', ['Sara', 'revisión', 'mañana', '12:15', 'la Dra. Gil'], { key: 'reminder' }),
      presses('left 1250m', 'Cambiar', { replyTo: 'reminder' }),
      bot('-189m', 'Sin problema. ¿Qué día de la semana te viene mejor?'),
      patient('left 1254m', 'Cualquiera menos el miércoles'),
    ],
  },
  {
    patient: known('Emilio Cortés', '+34600200313'),
    lines: [
      reminder('-1500m', ['Emilio', 'limpieza', 'hoy', '18:00', 'Irene Campos'], {
        status: 'sent',
      }),
    ],
  },
];

/** Silent on both sides for more than a day. */
export const EXPIRED: readonly Story[] = [
  {
    patient: known('Carmen Ibáñez', '+34600200320'),
    tags: ['Presupuesto enviado'],
    assignees: [NURIA],
    lines: [
      patient('-5d 11:00', '¿Cuánto costarían los alineadores transparentes?'),
      staff(NURIA, '-5d 11:20', 'Hola Carmen, entre 2.900 € y 3.600 € según el caso. ¿Te damos una visita?'),
      patient('-5d 11:41', 'Me lo pienso y os digo'),
    ],
  },
  {
    patient: known('Raúl Domínguez', '+34600200321'),
    lines: [
      // Unanswered over a weekend: must not get lost.
      patient('-3d 20:40', 'Hola, me duele mucho la muela del juicio desde ayer'),
      patient('-3d 20:41', '¿Tenéis urgencias el fin de semana?'),
    ],
    tags: ['Urgencia'],
  },
  {
    patient: known('Aitana Ferrer', '+34600200322'),
    lines: [
      sendsTemplate(MARTA, '-4d 10:00', 'revision_anual', ['Aitana']),
      presses('-4d 12:12', 'Pedir cita'),
      staff(MARTA, '-4d 12:20', '¡Genial! ¿Te viene bien el jueves a las 11:00?'),
      staff(MARTA, '-3d 09:30', 'Aitana, ¿te guardo el hueco del jueves?'),
    ],
  },
  {
    patient: known('Manuel Tejero', '+34600200323'),
    lines: [
      patient('-6d 08:50', 'Buenos días, llegaré diez minutos tarde'),
      staff(DAVID, '-6d 08:52', 'Sin problema, Manuel.'),
      staff(DAVID, '-4d 10:00', 'Manuel, ¿cómo sigue la muela?', {
        failure: { code: '131047', title: 'Re-engagement message', afterAcceptance: false },
      }),
    ],
  },
  {
    patient: known('Irune Echave', '+34600200324'),
    lines: [
      sendsTemplate(MARTA, '-2d 09:00', 'revision_anual', ['Irune'], {
        failure: {
          code: '131049',
          title: 'This message was not delivered to maintain healthy ecosystem engagement.',
          afterAcceptance: true,
        },
      }),
    ],
  },
];

/** Finished. */
export const CLOSED: readonly Story[] = [
  {
    patient: known('Teresa Blanco', '+34600200330'),
    appointments: [
      { when: '-1d 10:00', treatment: 'Limpieza', professional: 'Irene Campos', state: 'attended' },
      { when: '+180d 10:00', treatment: 'Limpieza', professional: 'Irene Campos', state: 'scheduled' },
    ],
    lines: [
      reminder('-2d 09:00', ['Teresa', 'limpieza', 'mañana', '10:00', 'Irene Campos'], { key: 'reminder' }),
      presses('-2d 09:12', 'Confirmar', { replyTo: 'reminder' }),
      bot('-2d 09:13', '¡Gracias, Teresa! Tu cita queda confirmada.'),
      botEnds('-2d 09:14'),
    ],
  },
  {
    patient: known('Óscar Villar', '+34600200331'),
    assignees: [DAVID],
    teams: ['Recepción'],
    lines: [
      patient('left 1100m', '¿Me mandáis la factura de octubre?'),
      assigned(MARTA, DAVID, '-338m'),
      staff(DAVID, '-330m', 'Enviada a tu correo, Óscar. Si no la ves, mira en no deseados.'),
      patient('left 1115m', 'La tengo, gracias!', {
        reacted: { by: 'clinic', emoji: '👍', when: '-320m' },
      }),
      closes(DAVID, '-318m'),
    ],
  },
  {
    patient: known('Julia Maestre', '+34600200332'),
    lines: [
      patient('-8d 16:30', '¿El Dr. Soler pasa consulta los sábados?'),
      staff(MARTA, '-8d 16:36', 'Uno de cada dos, Julia. El próximo es el día 28.'),
      patient('-8d 16:37', 'Perfecto 👌'),
      closes(MARTA, '-8d 16:40'),
    ],
  },
  {
    patient: known('Andrés Pizarro', '+34600200333'),
    lines: [
      sendsFile('-15d 19:20', SAMPLES.gums, 'Así tengo la encía'),
      sendsFile('-15d 19:22', SAMPLES.film, 'Y así se mueve el bracket'),
      staff(NURIA, '-15d 19:40', 'Gracias, Andrés. Conviene que lo vea la doctora: ¿mañana a las 9:30?'),
      patient('-15d 19:41', 'Allí estaré'),
      sendsFile('-15d 19:42', SAMPLES.sticker),
      closes(NURIA, '-15d 19:45'),
    ],
  },
];

/** Nobody's patients. */
export const SPAM: readonly Story[] = [
  {
    patient: { name: null, profileName: 'Inversiones Plus', phone: '+34600200340', userId: null },
    lines: [
      patient('-10d 03:12', 'Gana 500 € al día desde casa 💰💰 Escribe SÍ'),
      marksSpam(MARTA, '-10d 09:01'),
      patient('-4d 03:20', 'Última oportunidad!!'),
    ],
  },
  {
    patient: { name: null, profileName: null, phone: '+447700900123', userId: null },
    lines: [
      sends('-30d 22:00', 'unsupported', null, { unsupportedType: 'poll_creation' }),
      readBy('-29d 09:00'),
      marksSpam(DAVID, '-29d 09:02'),
    ],
  },
  {
    patient: { name: null, profileName: 'Promo Dental Outlet', phone: '+34600200341', userId: null },
    lines: [
      patient('-6d 12:00', 'Material dental al 50 %. Catálogo: https://outlet.example'),
      marksSpam(NURIA, '-6d 12:30'),
    ],
  },
];
