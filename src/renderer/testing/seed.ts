import type { AppState, ConversationDetail, InboxRow, ThreadItem } from '../../shared/contract/index.ts';
import { idOf } from './builders.ts';
import { HISTORIES, NAMES, ONE_LINERS } from './seed-texts.ts';

/** A conversation of the made-up clinic: what a row, the panel and the thread are built from. */
export interface SeededConversation {
  row: InboxRow;
  detail: ConversationDetail;
  items: ThreadItem[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const TAGS = {
  budget: { id: idOf(9, 1), name: 'Presupuesto enviado', color: '#d97706' },
  doubts: { id: idOf(9, 2), name: 'Dudas sobre tratamiento', color: '#2563eb' },
  first: { id: idOf(9, 3), name: 'Primera visita', color: '#7c3aed' },
  insurer: { id: idOf(9, 4), name: 'Mutua pendiente de autorizar', color: '#0d9488' },
};
export const AGENTS = {
  marta: { id: idOf(8, 1), name: 'Marta Ruiz' },
  david: { id: idOf(8, 2), name: 'David León' },
};

/** A repeatable source of chance (mulberry32). */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

let lastOrdinal = 0;

export function buildMessage(sentAt: number, changes: Partial<ThreadItem>): ThreadItem {
  const ordinal = ++lastOrdinal;
  const isOut = changes.direction === 'outbound';
  return {
    messageId: idOf(2, ordinal),
    ordinal,
    direction: 'inbound',
    kind: 'text',
    text: null,
    content: {},
    author: isOut
      ? { kind: 'agent', name: AGENTS.marta.name, isMe: true }
      : { kind: 'patient', name: null, isMe: false },
    sentAt,
    isLate: false,
    delivery: isOut ? { state: 'read', error: null, canRetry: false, canDiscard: false } : null,
    reactions: [],
    isEdited: false,
    isRevoked: false,
    ...changes,
  };
}

interface Plan {
  name: string | null;
  phone: string | null;
  items: ThreadItem[];
  unread?: number;
  facts?: Partial<InboxRow['facts']>;
  row?: Partial<InboxRow>;
  detail?: Partial<ConversationDetail>;
}

/** Works out row and facts from the messages, as the relay would. */
export function buildConversation(index: number, plan: Plan): SeededConversation {
  const { items } = plan;
  const inbound = items.filter((item) => item.direction === 'inbound');
  const spoken = items.filter((item) => item.direction !== 'internal');
  const last = spoken.at(-1);
  const lastInboundSentAt = inbound.at(-1)?.sentAt ?? null;
  const conversationId = idOf(1, index);
  const isOnFile = plan.name !== null;
  const facts: InboxRow['facts'] = {
    spam: false,
    closed: false,
    handler: 'human',
    lastInboundSentAt,
    windowExpiresAt: lastInboundSentAt === null ? null : lastInboundSentAt + DAY,
    lastInteractionAt: last?.sentAt ?? null,
    lastMessageDirection: last === undefined ? null : last.direction === 'inbound' ? 'inbound' : 'outbound',
    unread: plan.unread ?? 0,
    ...plan.facts,
  };
  const row: InboxRow = {
    conversationId,
    displayName: plan.name ?? plan.phone,
    isOnFile,
    facts,
    lastMessage: last
      ? {
          direction: last.direction,
          kind: last.kind,
          text: last.isRevoked ? null : last.text,
          author: last.author,
          sentAt: last.sentAt,
          deliveryState: last.delivery?.state ?? null,
        }
      : null,
    lastActivityAt: last?.sentAt ?? 0,
    tags: [],
    nextAppointmentAt: null,
    unsent: 0,
    failed: items.filter((item) => item.delivery?.state === 'failed').length,
    hasDraft: false,
    ...plan.row,
  };
  const detail: ConversationDetail = {
    conversationId,
    displayName: row.displayName,
    isOnFile,
    profileName: null,
    phone: plan.phone,
    note: '',
    facts,
    tags: row.tags,
    assignees: [],
    teams: [],
    participants: items.some((item) => item.direction === 'outbound')
      ? [{ ...AGENTS.marta, lastAt: row.lastActivityAt }]
      : [],
    nextAppointment: null,
    lastAppointment: null,
    draft: '',
    ...plan.detail,
  };
  return { row, detail, items };
}

const appointment = (
  index: number,
  startsAt: number,
  treatment: string,
  professional: string,
  state: string,
) => ({
  id: idOf(7, index),
  startsAt,
  treatment,
  professional,
  state,
});

/** The conversations everyone looks at: one of each kind of thing that can stand in a thread. */
function showcase(now: number): SeededConversation[] {
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
        content: { template: { name: 'recordatorio_cita', language: 'es' } },
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
        text: 'Marta abrió la conversación',
        author: { kind: 'relay', name: null, isMe: false },
      }),
      buildMessage(today, {
        kind: 'audio',
        content: {
          media: {
            id: idOf(6, 1),
            mimeType: 'audio/ogg; codecs=opus',
            fileName: null,
            sizeBytes: 38_400,
            voice: true,
          },
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
          media: {
            id: idOf(6, 2),
            mimeType: 'application/pdf',
            fileName: 'presupuesto-2026.pdf',
            sizeBytes: 214_000,
            voice: false,
          },
        },
        delivery: { state: 'delivered', error: null, canRetry: false, canDiscard: false },
      }),
      buildMessage(today + 13 * MINUTE, {
        direction: 'internal',
        kind: 'note',
        text: 'Pide pagar en 3 plazos, consultar con administración.',
        author: { kind: 'agent', name: 'David León', isMe: false },
      }),
      buildMessage(today + 100 * MINUTE, { text: '¡Gracias! Lo miro esta tarde' }),
      buildMessage(today + 102 * MINUTE, { text: 'Perfecto, ¿puedo llevar la radiografía?' }),
    ],
    row: { tags: [TAGS.budget], nextAppointmentAt: now + 4 * DAY },
    detail: {
      profileName: 'Lucy M. 🌷',
      note: 'Alérgica a la penicilina. Prefiere que la llamen por la tarde.',
      assignees: [AGENTS.marta],
      teams: [{ id: idOf(5, 1), name: 'Recepción' }],
      participants: [
        { ...AGENTS.marta, lastAt: now - HOUR },
        { ...AGENTS.david, lastAt: now - 20 * DAY },
      ],
      nextAppointment: appointment(1, now + 4 * DAY, 'Ortodoncia', 'Dra. Gil', 'confirmed'),
      lastAppointment: appointment(2, now - 20 * DAY, 'Revisión', 'Dra. Gil', 'attended'),
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
          media: {
            id: idOf(6, 3),
            mimeType: 'image/jpeg',
            fileName: null,
            sizeBytes: 1_830_000,
            voice: false,
          },
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
          media: { id: idOf(6, 4), mimeType: 'audio/ogg', fileName: null, sizeBytes: 21_000, voice: true },
        },
      }),
    ],
    facts: { lastInboundSentAt: now - 22.84 * HOUR, windowExpiresAt: now + 70 * MINUTE },
    row: { nextAppointmentAt: now + 20 * HOUR },
    detail: {
      nextAppointment: appointment(3, now + 20 * HOUR, 'Valoración de implante', 'Dr. Soto', 'scheduled'),
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
      buildMessage(now - 7 * HOUR, {
        direction: 'outbound',
        text: 'A usted. Le llamaremos para la higiene de primavera.',
      }),
    ],
    row: { tags: [TAGS.doubts, TAGS.budget, TAGS.insurer, TAGS.first], hasDraft: true },
    detail: { draft: 'Hola María del Pilar, ¿le viene bien el jueves a las 12?' },
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
          media: {
            id: null,
            mimeType: 'application/pdf',
            fileName: 'informe-analitica.pdf',
            sizeBytes: null,
            voice: false,
          },
        },
      }),
    ],
    row: { nextAppointmentAt: now + 90 * MINUTE },
  });

  return [lucia, kinds, soon, unknown, templateOnly, failed, waiting];
}

/** Everything else, by chance but always the same: `count` conversations over the last weeks. */
function crowd(now: number, count: number): SeededConversation[] {
  const chance = createChance(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)] as Item;
  return Array.from({ length: count }, (_, index) => {
    const where = index % 9;
    const age = where < 4 ? (2.6 + chance() * 20) * HOUR : (25 + chance() * 700) * HOUR;
    const isAnswered = chance() < 0.45;
    const items = [buildMessage(now - age - 10 * MINUTE, { text: pick(ONE_LINERS) })];
    if (isAnswered) {
      items.push(
        buildMessage(now - age, {
          direction: 'outbound',
          text: pick(HISTORIES.answers),
          ...(chance() < 0.4 ? { author: { kind: 'agent', name: AGENTS.david.name, isMe: false } } : {}),
          ...(where === 6 ? { author: { kind: 'bot', name: 'Bot', isMe: false }, kind: 'template' } : {}),
        }),
      );
    }
    const isNamed = chance() < 0.9;
    return buildConversation(100 + index, {
      name: isNamed
        ? `${pick(NAMES.first)} ${pick(NAMES.last)}${chance() < 0.4 ? ` ${pick(NAMES.last)}` : ''}`
        : null,
      phone: `+34 6${String(Math.floor(chance() * 1e8)).padStart(8, '0')}`.replace(
        /(\d{3})(\d{2})(\d{2})(\d{2})$/u,
        '$1 $2 $3 $4',
      ),
      items,
      unread: isAnswered || where > 6 ? 0 : chance() < 0.4 ? 1 : 0,
      facts: {
        closed: where === 7,
        spam: where === 8 && index % 2 === 0,
        handler: where === 6 ? 'bot' : 'human',
      },
      row: {
        tags: chance() < 0.35 ? [pick(Object.values(TAGS))] : [],
        nextAppointmentAt: chance() < 0.2 ? now + chance() * 9 * DAY : null,
      },
    });
  });
}

export function seedConversations(now: number, count: number): SeededConversation[] {
  // A clinic with none at all.
  if (count < 0) return [];
  return [...showcase(now), ...crowd(now, count)];
}

export function seedAppState(now: number): AppState {
  return {
    phase: 'ready',
    signIn: { relayUrl: '', email: '', hasDemo: true, endedBy: null },
    session: {
      agent: AGENTS.marta,
      clinic: { name: 'Clínica Alameda', timeZone: 'Europe/Madrid', displayPhone: '+34 910 00 00 00' },
    },
    sync: {
      phase: 'live',
      since: now,
      progress: null,
      historyCompleteSince: null,
      isHistoryComplete: true,
      unsent: 0,
    },
    clockOffsetMs: 0,
    notice: null,
  };
}
