import { SAMPLES } from '../media/samples.ts';
import { DAVID, MARTA, NURIA } from './clinic.ts';
import {
  closes,
  file,
  handsOver,
  known,
  note,
  opens,
  patient,
  phone,
  presses,
  readBy,
  reminder,
  sends,
  sendsFile,
  sendsTemplate,
  staff,
  type Story,
} from './story.ts';

const LONG_TEXT = [
  'Buenas tardes. Os escribo con calma porque por teléfono no me da tiempo a explicarme bien.',
  'El lunes pasado me pusisteis la corona de la muela de abajo, la de la derecha, y al principio todo perfecto. Desde el miércoles noto que al cerrar la boca esa muela llega antes que las demás, como si estuviera un poquito alta. No me duele, pero al masticar pan o algo duro me molesta, y por la noche me despierto apretando justo de ese lado.',
  'También quería preguntaros por la férula: la que tengo es de hace cuatro años y ya no encaja bien con la corona nueva, así que llevo dos semanas sin ponérmela. No sé si hay que hacer otra, si se puede adaptar la que tengo, o si conviene esperar a que ajustéis la corona primero.',
  'Por horarios, yo puedo cualquier tarde a partir de las seis, menos los martes que tengo a la niña en natación, y los sábados por la mañana sin problema. Si tenéis un hueco de diez minutos para que me lo miréis, me acerco cuando digáis, trabajo al lado.',
  'Y una última cosa: en la factura viene mi apellido con una errata (pone Olmos y es Olmo). No corre prisa, pero me la piden bien para el seguro. ¡Muchas gracias por todo y perdón por el tostón! 😅',
].join('\n\n');

/** Conversations people are busy with now: windows from nearly full to just closed. */
export const RECEIVED: readonly Story[] = [
  {
    patient: known('Lucía Martín', '+34600111222', { language: 'es', note: 'Prefiere las tardes.' }),
    tags: ['Presupuesto enviado'],
    assignees: [MARTA],
    teams: ['Recepción'],
    appointments: [
      { when: '+4d 17:30', treatment: 'Ortodoncia', professional: 'Dra. Gil', state: 'confirmed' },
      { when: '-20d 10:00', treatment: 'Revisión', professional: 'Dra. Gil', state: 'attended' },
    ],
    lines: [
      patient('-20d 12:05', 'Hola, ¿me podéis mandar el presupuesto de la ortodoncia que comentamos hoy?'),
      staff(DAVID, '-20d 12:20', 'Claro, Lucía. Lo prepara la Dra. Gil y te lo enviamos esta semana.'),
      patient('-20d 12:21', 'Perfecto, gracias!'),
      sendsFile('-20d 12:22', SAMPLES.xray, 'Os dejo la radiografía que me hicieron en abril'),
      closes(DAVID, '-20d 12:30'),
      reminder('-3d 09:00', ['Lucía', 'ortodoncia', 'el jueves', '17:30', 'la Dra. Gil'], {
        key: 'reminder',
      }),
      presses('-3d 09:03', 'Confirmar', { replyTo: 'reminder' }),
      patient('-3d 09:04', 'Gracias, allí estaré'),
      handsOver('-3d 09:05'),
      opens(MARTA, '-3d 09:06'),
      sendsFile('-25m', SAMPLES.voice17),
      staff(MARTA, '-14m', 'Buenos días Lucía, le adjunto el presupuesto que comentamos.'),
      file(MARTA, '-13m', SAMPLES.quote),
      note(MARTA, '-11m', 'Pide pagar en 3 plazos, consultar con administración.'),
      patient('-4m', '¡Gracias! Lo miro esta tarde'),
      patient('left 1438m', 'Perfecto, ¿puedo llevar la radiografía?'),
    ],
  },
  {
    patient: known('Javier Cano', '+34611203040'),
    appointments: [
      { when: '+9d 12:00', treatment: 'Fisioterapia', professional: 'Sergio Mora', state: 'scheduled' },
    ],
    lines: [
      patient('-12d 18:40', 'Hola, tengo la espalda fatal otra vez. ¿Sergio tiene hueco?'),
      staff(MARTA, '-12d 18:52', 'Hola Javier. Sergio tiene el martes a las 12:00, ¿te viene bien?'),
      patient('-12d 18:53', 'Sí, genial', { reacted: { by: 'clinic', emoji: '👍', when: '-12d 18:55' } }),
      closes(MARTA, '-12d 19:00'),
      sendsFile('left 72m', SAMPLES.voice6),
    ],
  },
  {
    patient: known('Ana Robles', '+34622334455'),
    tags: ['Primera visita'],
    assignees: [MARTA],
    appointments: [
      { when: '+4d 17:30', treatment: 'Primera visita', professional: 'Dr. Soler', state: 'confirmed' },
    ],
    lines: [
      patient('left 1120m', 'Hola! Es mi primera vez en la clínica, ¿qué tengo que llevar?'),
      staff(
        MARTA,
        '-310m',
        'Hola Ana, con el DNI es suficiente. Si tienes radiografías recientes, tráelas también.',
      ),
      patient('left 1140m', 'Vale. ¿Y a qué hora era?', {
        reacted: { by: 'clinic', emoji: '😊', when: '-290m' },
      }),
      staff(MARTA, '-37m', 'Le confirmo la cita del jueves a las 17:30', { status: 'delivered' }),
    ],
  },
  {
    patient: known('Pilar Vega', '+34633445566'),
    tags: ['Seguro'],
    lines: [
      patient('-30d 11:00', 'Buenos días, ¿me mandáis un justificante de la cita de ayer?'),
      file(DAVID, '-30d 11:30', SAMPLES.attendance, 'Aquí lo tiene, Pilar.'),
      patient('-30d 11:32', 'Muchas gracias'),
      closes(DAVID, '-30d 11:40'),
      sendsFile('left 1320m', SAMPLES.analysis),
    ],
  },
  {
    patient: { name: null, profileName: null, phone: '+34612345678', userId: null },
    lines: [
      patient('left 1255m', 'Hola'),
      patient('left 1256m', 'Quería pedir cita para limpieza'),
      patient('left 1260m', 'Hola, ¿trabajan con mi seguro?'),
    ],
  },
  {
    patient: known('Marcos Sáez', '+34644556677', { note: 'No tiene activada la confirmación de lectura.' }),
    lines: [
      patient('left 8m', 'Me decís algo del precio de los implantes por favor'),
      staff(DAVID, '-1300m', 'Hola Marcos, te lo preparamos hoy.', { status: 'delivered' }),
      staff(DAVID, '-35m', 'Marcos, el presupuesto del implante son 1.180 € con la corona incluida.', {
        failure: { code: '131026', title: 'Message undeliverable', afterAcceptance: true },
      }),
    ],
  },
  {
    patient: {
      name: null,
      profileName: 'Lola S.',
      phone: null,
      userId: 'ES.90000000000000000001',
    },
    lines: [
      patient('left 1010m', 'Hola, me ha pasado vuestro contacto mi hermana'),
      staff(
        NURIA,
        '-400m',
        '¡Hola! Encantados. ¿Nos dices tu nombre completo y un teléfono para abrirte la ficha?',
      ),
      patient('left 1190m', 'Prefiero por aquí, si no os importa'),
    ],
  },
  {
    patient: {
      name: 'Camille Laurent',
      profileName: 'Camille',
      phone: '+33612345670',
      userId: null,
      language: 'fr',
    },
    teams: ['Recepción'],
    lines: [
      patient('-16d 10:12', 'Bonjour, hola! Estoy en Madrid dos semanas, ¿puedo ir para una urgencia?'),
      staff(MARTA, '-16d 10:20', 'Claro, Camille. ¿Hoy a las 13:00?'),
      patient('-16d 10:21', 'Merci!! Sí 🙏'),
      closes(MARTA, '-16d 14:00'),
      patient('left 640m', '¿Hasta qué hora abrís el viernes? Mi tren sale a las 18h'),
    ],
  },
  {
    patient: known('Rosario Peña', '+34655667788'),
    tags: ['Urgencia', 'Dudas sobre tratamiento'],
    assignees: [NURIA],
    teams: ['Ortodoncia'],
    lines: [
      patient('left 1290m', 'Se me ha despegado un bracket y me pincha'),
      staff(
        NURIA,
        '-130m',
        'Vaya, Rosario. Pon un poco de cera y ven hoy a las 19:00, te lo arregla la Dra. Gil.',
        { key: 'cera', reacted: { by: 'patient', emoji: '❤️', when: '-126m' } },
      ),
      sends('left 1318m', 'location', 'Alameda 12, Madrid', {
        location: {
          latitude: 40.4113,
          longitude: -3.6959,
          name: 'Farmacia Santa Ana',
          address: 'Calle de las Huertas 20, Madrid',
        },
      }),
      patient('left 1319m', '¿La de esta farmacia vale?', { replyTo: 'cera' }),
    ],
  },
  {
    patient: known('Íñigo Arteaga', '+34666778899'),
    tags: ['Presupuesto enviado', 'Seguro'],
    assignees: [DAVID],
    lines: [
      patient('-2d 10:00', '¿Cuánto me cubre Adeslas de la endodoncia?'),
      staff(DAVID, '-2d 10:15', 'Hola Íñigo, la póliza cubre el 40 %. El resto serían 132 €.'),
      patient('left 300m', 'Lo hablo en casa. Por cierto, aquí tenéis el contacto de mi aseguradora'),
      sends('left 301m', 'contacts', 'Oficina Adeslas Centro', {
        contacts: [
          { name: 'Oficina Adeslas Centro', phones: ['+34 910 000 555'], emails: ['centro@seguro.example'] },
        ],
      }),
    ],
  },
  {
    patient: known('Noelia Bravo', '+34677889900'),
    lines: [
      patient('left 1405m', 'Hola! 😊'),
      patient('left 1406m', 'Quería cambiar la limpieza del viernes, me ha surgido un viaje 🙈'),
    ],
    appointments: [
      { when: '+5d 11:30', treatment: 'Limpieza', professional: 'Irene Campos', state: 'scheduled' },
      { when: '-180d 11:30', treatment: 'Limpieza', professional: 'Irene Campos', state: 'attended' },
    ],
  },
  {
    patient: known('Vicente Olmo', '+34688990011'),
    assignees: [MARTA],
    lines: [
      patient('-60d 09:15', '¿Abrís en agosto?'),
      staff(MARTA, '-60d 09:30', 'Sí, Vicente, de 9:00 a 14:00.'),
      patient('left 900m', LONG_TEXT),
      staff(MARTA, '-500m', 'Hola Vicente, gracias por contarlo tan claro. Te miro hueco y te digo.'),
    ],
  },
  {
    // The clinic spoke last, after the patient's window had run out: templates only, and yet not expired.
    patient: known('Encarna Ríos', '+34600200300'),
    appointments: [
      { when: '+2d 10:00', treatment: 'Revisión', professional: 'Dr. Soler', state: 'scheduled' },
      { when: '-14d 10:00', treatment: 'Empaste', professional: 'Dr. Soler', state: 'cancelled' },
    ],
    lines: [
      patient('-3d 17:00', '¿Me confirmáis la cita? Es que tengo que pedir permiso en el trabajo'),
      readBy('-3d 17:05'),
      sendsTemplate(MARTA, '-150m', 'escritura_libre', [
        'Encarna',
        'Tu cita sigue en pie, el martes a las 10:00.',
      ]),
    ],
  },
  {
    // Held back by WhatsApp for 30 hours: received now, but its window is over.
    patient: known('Tomás Lledó', '+34600200301'),
    lines: [
      patient('-9d 13:00', 'Gracias por el trato de ayer'),
      closes(NURIA, '-9d 13:30'),
      patient('-22m', '¿Puedo pasar a recoger la férula mañana?', { sentWhen: '-1822m' }),
    ],
  },
  {
    patient: known('Beatriz Otero', '+34600200302'),
    tags: ['Primera visita'],
    lines: [
      sendsTemplate(NURIA, '-200m', 'presupuesto_enviado', ['Beatriz', 'ortodoncia'], {
        status: 'delivered',
      }),
    ],
  },
  {
    patient: known('Hugo Serrano', '+34600200303'),
    tags: ['Dudas sobre tratamiento'],
    teams: ['Ortodoncia'],
    lines: [
      patient('left 1371m', 'Os paso el enlace que os decía: https://ejemplo.example/alineadores'),
      patient('left 1372m', '¿Vosotros hacéis de estos? El mío era el martes a las 10', {
        earlier: '¿Vosotros hacéis de estos? El mío era el lunes a las 10',
      }),
      phone('-55m', 'Hola Hugo, sí, los hacemos. Te llamo luego.'),
    ],
  },
];
