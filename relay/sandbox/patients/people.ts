/** A simulated patient. All names and numbers are invented. */
export interface Person {
  /** E.164; null for the one who hides the number behind a username. */
  phone: string | null;
  /** Business-scoped user id; derived from the number when absent. */
  userId: string | null;
  username: string | null;
  /** WhatsApp profile name. */
  name: string | null;
  /** Opens what the clinic writes: after a moment, or never (no blue ticks). */
  reads: boolean;
  /** How often a reaction takes the place of an answer. */
  reactionShare: number;
  /** What the person tends to write about. */
  topics: readonly Topic[];
}

export type Topic = 'appointment' | 'price' | 'insurance' | 'hours' | 'pain' | 'documents' | 'greeting';

function person(name: string | null, phone: string | null, details: Partial<Person> = {}): Person {
  return {
    phone,
    userId: null,
    username: null,
    name,
    reads: true,
    reactionShare: 0.15,
    topics: ['appointment', 'price'],
    ...details,
  };
}

/** The people of the demo who write by themselves. */
export const PEOPLE: readonly Person[] = [
  person('Lucía Martín', '+34600111222', { topics: ['documents', 'price', 'appointment'] }),
  person('Javier Cano', '+34611203040', { topics: ['appointment', 'pain'] }),
  person('Ana Robles', '+34622334455', { topics: ['appointment', 'hours'] }),
  person('Pilar Vega', '+34633445566', { topics: ['documents', 'insurance'], reactionShare: 0.4 }),
  person(null, '+34612345678', { topics: ['insurance', 'price', 'hours'] }),
  // Read receipts off: messages to Marcos stay at two grey ticks.
  person('Marcos Sáez', '+34644556677', { reads: false, topics: ['price'] }),
  person('Lola S.', null, {
    userId: 'ES.90000000000000000001',
    username: 'lola.sanz',
    topics: ['appointment', 'insurance'],
  }),
  person('Camille Laurent', '+33612345670', { topics: ['hours', 'appointment'] }),
  person('Rosario Peña', '+34655667788', { topics: ['pain', 'appointment'], reactionShare: 0.5 }),
  person('Íñigo Arteaga', '+34666778899', { topics: ['price', 'insurance'] }),
  person('Noelia Bravo', '+34677889900', { topics: ['appointment', 'greeting'] }),
  person('Vicente Olmo', '+34688990011', { topics: ['hours', 'documents'] }),
];

/** What a person is called in requests to the sandbox. */
export function addressOf(person: Pick<Person, 'phone' | 'userId'>): string {
  return person.phone ?? person.userId ?? '';
}
