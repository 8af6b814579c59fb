/** What the bot says, and what it understands. By the language of the template the patient was reminded with. */

export type Wish = 'confirm' | 'change' | 'cancel';

/** Without accents, capitals or marks; whole messages, since half a sentence may mean the contrary. */
export const UNDERSTOOD: Readonly<Record<Wish, readonly string[]>> = {
  confirm: [
    'confirmar',
    'confirmar cita',
    'confirmar la cita',
    'confirmo',
    'confirmo la cita',
    'confirmo mi cita',
    'confirmo asistencia',
    'confirmada',
    'confirmado',
    'si',
    'si confirmo',
    'si gracias',
    'si muchas gracias',
    'confirmo gracias',
    'confirmo muchas gracias',
    'si confirmo gracias',
    'si confirmada',
    'confirm',
    'confirmed',
    'yes',
    'i confirm',
    'confirmo la visita',
    'confirmar la visita',
  ],
  change: [
    'cambiar',
    'cambiar cita',
    'cambiar la cita',
    'cambiar hora',
    'cambiar de hora',
    'quiero cambiarla',
    'quiero cambiar la cita',
    'canviar',
    'canviar la cita',
    'change',
    'reschedule',
  ],
  cancel: [
    'cancelar',
    'cancelar cita',
    'cancelar la cita',
    'cancelo',
    'cancelo la cita',
    'anular',
    'anular cita',
    'anular la cita',
    'anulo',
    'anulo la cita',
    'cancellar',
    'cancel lar',
    'cancel',
  ],
};

interface Sentences {
  confirmed: (date: string, time: string) => string;
  cancelled: (date: string, time: string) => string;
  optedOut: string;
}

const SENTENCES: Readonly<Record<string, Sentences>> = {
  es: {
    confirmed: (date, time) => `¡Gracias! Tu cita del ${date} a las ${time} queda confirmada.`,
    cancelled: (date, time) =>
      `Tu cita del ${date} a las ${time} queda anulada. Si quieres otra, escríbenos por aquí.`,
    optedOut: 'De acuerdo, no te enviaremos más recordatorios. Para lo que necesites, escríbenos por aquí.',
  },
  ca: {
    confirmed: (date, time) => `Gràcies! La teva cita (${date}, ${time}) queda confirmada.`,
    cancelled: (date, time) =>
      `La teva cita (${date}, ${time}) queda anul·lada. Si en vols una altra, escriu-nos per aquí.`,
    optedOut: "D'acord, no t'enviarem més recordatoris. Per al que necessitis, escriu-nos per aquí.",
  },
  en: {
    confirmed: (date, time) => `Thank you! Your appointment on ${date} at ${time} is confirmed.`,
    cancelled: (date, time) =>
      `Your appointment on ${date} at ${time} is cancelled. Write to us here if you would like another one.`,
    optedOut: 'All right, we will send you no more reminders. Write to us here whenever you need us.',
  },
};

/** `language` as Meta writes it: `es`, `en_US`. Spanish where there is nothing better. */
export function sentencesIn(language: string): Sentences {
  return SENTENCES[language.split(/[_-]/)[0]?.toLowerCase() ?? ''] ?? (SENTENCES['es'] as Sentences);
}
