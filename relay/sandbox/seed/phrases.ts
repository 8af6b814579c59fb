import type { Random } from '../random.ts';

const FIRST_NAMES = [
  'María', 'Carmen', 'Laura', 'Marta', 'Paula', 'Elena', 'Cristina', 'Sofía', 'Alba', 'Nerea', 'Rocío', 'Silvia',
  'Antonio', 'José', 'Manuel', 'David', 'Daniel', 'Carlos', 'Alejandro', 'Pablo', 'Sergio', 'Álvaro', 'Iván', 'Rubén',
  'Inés', 'Begoña', 'Yolanda', 'Núria', 'Aitor', 'Gonzalo', 'Ramón', 'Esther', 'Olga', 'Jordi', 'Lorena', 'Ismael',
] as const; // prettier-ignore
const SURNAMES = [
  'García', 'Fernández', 'González', 'Rodríguez', 'López', 'Martínez', 'Sánchez', 'Pérez', 'Gómez', 'Jiménez', 'Ruiz',
  'Hernández', 'Díaz', 'Moreno', 'Muñoz', 'Álvarez', 'Romero', 'Alonso', 'Gutiérrez', 'Navarro', 'Torres', 'Ramos',
  'Gil', 'Serrano', 'Molina', 'Ortega', 'Delgado', 'Castro', 'Ortiz', 'Rubio', 'Marín', 'Iglesias', 'Peñalver', 'Ibarra',
] as const; // prettier-ignore
const TREATMENTS = [
  'limpieza', 'revisión', 'ortodoncia', 'endodoncia', 'fisioterapia', 'implante', 'blanqueamiento', 'férula',
] as const; // prettier-ignore
const PROFESSIONALS = ['la Dra. Gil', 'el Dr. Soler', 'Irene Campos', 'Sergio Mora'] as const;
const DAYS = ['el lunes', 'el martes', 'el miércoles', 'el jueves', 'el viernes'] as const;
const HOURS = [
  '9:00',
  '9:45',
  '10:30',
  '11:15',
  '12:00',
  '16:00',
  '16:45',
  '17:30',
  '18:15',
  '19:00',
] as const;
const INSURERS = ['Adeslas', 'Sanitas', 'DKV', 'Asisa', 'Mapfre'] as const;

/** `p` the patient, `s` staff, `b` the bot's reminder, `d` a document of staff. */
type Speaker = 'p' | 's' | 'b' | 'd';
export type Exchange = readonly (readonly [Speaker, string])[];

/** Small talks at a front desk; {slots} are filled in per use. */
const EXCHANGES: readonly Exchange[] = [
  [
    ['p', 'Hola, quería pedir cita para {treatment}'],
    ['s', 'Hola {name}, ¿te viene bien {day} a las {hour}?'],
    ['p', 'Perfecto'],
    ['s', 'Queda apuntada con {doctor}. ¡Hasta {day}!'],
  ],
  [
    ['p', 'Buenas, no voy a poder ir {day}'],
    ['p', 'Me ha salido una reunión'],
    ['s', 'Sin problema, {name}. Te la paso a {otherDay} a las {hour}, ¿vale?'],
    ['p', 'Vale, mil gracias 🙏'],
  ],
  [
    ['b', '{name}|{treatment}|{day}|{hour}|{doctor}'],
    ['p', 'Confirmo'],
  ],
  [
    ['b', '{name}|{treatment}|{day}|{hour}|{doctor}'],
    ['p', '¿Podría ser un poco más tarde?'],
    ['s', 'Claro, te muevo a las {hour}.'],
    ['p', 'Genial, gracias'],
  ],
  [
    ['p', '¿Cuánto cuesta {treatment}?'],
    ['s', 'Hola {name}. Desde {price} €, según el caso. La primera visita es gratuita.'],
    ['p', '¿Y se puede financiar?'],
    ['s', 'Sí, hasta en 12 meses sin intereses.'],
    ['p', 'Me lo pienso y os digo algo'],
  ],
  [
    ['p', 'Hola, ¿trabajáis con {insurer}?'],
    ['s', 'Sí, {name}. Tráete la tarjeta y lo comprobamos al llegar.'],
    ['p', 'Estupendo'],
  ],
  [
    ['p', 'Llego diez minutos tarde, hay mucho tráfico'],
    ['s', 'Tranquila, te esperamos.'],
    ['p', 'Ya estoy aparcando'],
  ],
  [
    ['p', 'Desde ayer me molesta un poco al masticar'],
    ['s', 'Es normal los primeros días. Si sigue el jueves, ven y lo vemos sin cita.'],
    ['p', 'Vale, os digo'],
    ['p', 'Hoy ya mucho mejor, gracias!'],
  ],
  [
    ['p', '¿Me podéis mandar la factura de {treatment}?'],
    ['d', 'factura-{number}.pdf'],
    ['s', 'Ahí la tienes, {name}.'],
    ['p', 'Recibida 👍'],
  ],
  [
    ['p', '¿A qué hora cerráis hoy?'],
    ['s', 'A las 20:00. Los sábados a las 14:00.'],
  ],
  [
    ['s', 'Hola {name}, ya ha llegado tu férula. Puedes recogerla cuando quieras.'],
    ['p', 'Qué bien, me paso {day} por la tarde'],
  ],
  [
    ['p', 'Mi hijo tiene revisión {day}, ¿puedo entrar con él?'],
    ['s', 'Por supuesto, {name}.'],
    ['p', 'Es que le da un poco de miedo 😅'],
    ['s', 'Con {doctor} salen todos encantados, ya verás.'],
  ],
  [
    ['p', 'Necesito un justificante de la visita de hoy'],
    ['d', 'justificante-{number}.pdf'],
    ['p', 'Muchísimas gracias'],
  ],
  [
    ['p', '¿Hay sitio para aparcar cerca?'],
    ['s', 'En la calle de atrás suele haber, y hay un parking público a dos minutos.'],
    ['p', 'Ok'],
  ],
  [
    ['p', '¿Tengo que ir en ayunas?'],
    ['s', 'No, puedes desayunar con normalidad.'],
    ['p', 'Menos mal 😂'],
  ],
];

/** Who an invented patient is. */
export function inventName(random: Random): string {
  return `${random.pick(FIRST_NAMES)} ${random.pick(SURNAMES)} ${random.pick(SURNAMES)}`;
}

/** An invented Spanish mobile number, different for every `index` below ten million. */
export function inventPhone(index: number): string {
  return `+346${String(20_000_000 + index).padStart(8, '0')}`;
}

/** A small talk with its slots filled in. */
export function inventExchange(random: Random, firstName: string): Exchange {
  const day = random.pick(DAYS);
  const slots: Record<string, string> = {
    name: firstName,
    treatment: random.pick(TREATMENTS),
    doctor: random.pick(PROFESSIONALS),
    insurer: random.pick(INSURERS),
    day,
    otherDay: random.pick(DAYS.filter((other) => other !== day)),
    hour: random.pick(HOURS),
    price: String(random.between(4, 60) * 10),
    number: String(random.between(100, 999)),
  };
  return random
    .pick(EXCHANGES)
    .map(([speaker, text]) => [
      speaker,
      text.replace(/\{(\w+)\}/g, (_match, slot: string) => slots[slot] ?? ''),
    ]);
}

export function inventTreatment(random: Random): { treatment: string; professional: string } {
  const name = random.pick(TREATMENTS);
  return {
    treatment: name.charAt(0).toUpperCase() + name.slice(1),
    professional: random.pick(['Dra. Gil', 'Dr. Soler', 'Irene Campos', 'Sergio Mora']),
  };
}
