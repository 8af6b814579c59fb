import type { Random } from '../random.ts';
import type { Topic } from './people.ts';

/** What people write unasked, by what is on their mind. */
export const OPENERS: Record<Topic, readonly string[]> = {
  appointment: [
    'Hola, ¿tenéis algún hueco esta semana por la tarde?',
    'Buenas, necesito cambiar mi cita del jueves, ¿es posible?',
    '¿Podría adelantar la revisión? Me viene mejor por la mañana',
    'Hola! Quería pedir cita para una limpieza 😊',
  ],
  price: [
    'Buenos días, ¿qué precio tiene el blanqueamiento?',
    'Al final, ¿el presupuesto incluye las revisiones?',
    '¿Se puede pagar a plazos la ortodoncia?',
  ],
  insurance: ['Hola, ¿trabajáis con Adeslas?', '¿Mi seguro cubre la fisioterapia? Tengo Sanitas'],
  hours: ['¿Hasta qué hora abrís hoy?', 'Hola, ¿abrís los sábados?', '¿El viernes es festivo para vosotros?'],
  pain: [
    'Hola, se me ha despegado un bracket y me pincha un poco',
    'Desde ayer me molesta la muela del empaste, ¿me podríais mirar?',
    'La férula me aprieta bastante al dormir, ¿es normal?',
  ],
  documents: [
    '¿Me podéis mandar la factura de la última visita?',
    'Tengo la radiografía en el móvil, ¿os la paso por aquí?',
    'Necesito un justificante de la cita de ayer para el trabajo',
  ],
  greeting: ['Hola!', 'Buenas tardes', 'Buenos días, soy paciente vuestra'],
};

/** How a person takes what the clinic wrote. */
export type Answer = { kind: 'text'; text: string } | { kind: 'reaction'; emoji: string } | { kind: 'none' };

interface Intent {
  name: string;
  matches: RegExp;
  texts: readonly string[];
  /** Share of cases in which only a reaction comes. */
  reactionShare?: number;
}

const INTENTS: readonly Intent[] = [
  {
    name: 'goodbye',
    matches: /gracias|de nada|a ti\b|hasta (luego|pronto|mañana)|buen (día|fin)|un saludo/i,
    texts: ['Igualmente!', 'Hasta luego 👋'],
    reactionShare: 0.75,
  },
  {
    name: 'price',
    matches: /precio|presupuesto|cuesta|coste|€|euros|plazos|financia/i,
    texts: [
      'Vale, me lo pienso y os digo algo',
      '¿Y se podría pagar en tres plazos?',
      'De acuerdo, me parece bien. ¿Cuándo podríamos empezar?',
    ],
  },
  {
    name: 'insurance',
    matches: /seguro|póliza|mutua|adeslas|sanitas|dkv|asisa|mapfre/i,
    texts: ['Es Adeslas, la tarjeta la llevo siempre encima', 'Vale, miro el número de póliza y os lo mando'],
  },
  {
    name: 'confirm',
    matches: /confirm/i,
    texts: ['Sí, confirmo. Allí estaré', 'Confirmado 👍', 'Sí, confirmo la cita'],
  },
  {
    name: 'appointment',
    matches: /cita|hueco|agenda|lunes|martes|miércoles|jueves|viernes|mañana|\b\d{1,2}[:.h]\d{0,2}/i,
    texts: [
      'Perfecto, a esa hora me viene bien',
      '¿Podría ser un poquito más tarde?',
      'Genial, apuntado. ¡Gracias!',
      'Ese día trabajo, ¿hay algo por la tarde?',
    ],
  },
  {
    name: 'documents',
    matches: /adjunto|documento|factura|justificante|radiografía|pdf|foto/i,
    texts: ['Recibido, muchas gracias', 'Vale, lo miro esta tarde', 'Ahora os lo mando'],
  },
  {
    name: 'pain',
    matches: /molest|duele|dolor|inflama|bracket|férula/i,
    texts: ['Un poco mejor que ayer, la verdad', 'Me molesta sobre todo al masticar'],
  },
  {
    name: 'question',
    matches: /\?\s*$/,
    texts: ['Sí', 'Creo que sí, lo confirmo luego', 'No, todavía no'],
  },
  {
    name: 'greeting',
    matches: /^(hola|buen[ao]s)/i,
    texts: ['Hola! Gracias por contestar tan rápido', 'Buenas, pues era para preguntar por mi cita'],
  },
];

const ANYTHING: Intent = {
  name: 'anything',
  matches: /(?:)/,
  texts: ['Vale, gracias', 'De acuerdo', 'Entendido, muchas gracias 😊'],
  reactionShare: 0.3,
};

const REACTIONS = ['👍', '🙏', '❤️', '😊'] as const;

/** Name of the rule that reads this text of the clinic. */
export function intentOf(text: string): string {
  return (INTENTS.find((intent) => intent.matches.test(text)) ?? ANYTHING).name;
}

/** What a person answers to a text of the clinic; the same chance gives the same answer. */
export function answerTo(text: string, random: Random, reactionShare: number): Answer {
  const intent = INTENTS.find((candidate) => candidate.matches.test(text)) ?? ANYTHING;
  const onlyReacts = random.chance(Math.max(intent.reactionShare ?? 0, reactionShare));
  const emoji = random.pick(REACTIONS);
  const answer = random.pick(intent.texts);
  return onlyReacts ? { kind: 'reaction', emoji } : { kind: 'text', text: answer };
}
