import {
  fillVariables,
  renderTemplate,
  templateVariables,
  type MessageContent,
  type OutgoingMedia,
} from '@recado/protocol';
import type { GraphTemplate } from '../graph-api/index.ts';
import { SAMPLES, type SampleFile } from '../media/samples.ts';

/** The demo clinic, as the design's mock-up names it. */
export const CLINIC = { name: 'Clínica Alameda', timeZone: 'Europe/Madrid' };

export const NUMBER = { phoneNumberId: '200000000000002', wabaId: '100000000000001', phone: '+34910000000' };

/** Agents by the index that histories name them with. */
export const MARTA = 0;
export const DAVID = 1;
export const NURIA = 2;
export const AGENTS = [
  { name: 'Marta Ruiz', email: 'marta@alameda.example', role: 'admin' },
  { name: 'David León', email: 'david@alameda.example', role: 'agent' },
  { name: 'Nuria Prat', email: 'nuria@alameda.example', role: 'agent' },
] as const;

/** Password of all three. The demo is reached from this machine only. */
export const PASSWORD = 'alameda-demo';

export const TEAMS = [
  { name: 'Recepción', members: [MARTA, DAVID] },
  { name: 'Ortodoncia', members: [NURIA] },
] as const;
export type TeamName = (typeof TEAMS)[number]['name'];

export const TAGS = [
  { name: 'Presupuesto enviado', color: '#d97706' },
  { name: 'Dudas sobre tratamiento', color: '#2563eb' },
  { name: 'Primera visita', color: '#7c3aed' },
  { name: 'Urgencia', color: '#dc2626' },
  { name: 'Seguro', color: '#0891b2' },
] as const;
export type TagName = (typeof TAGS)[number]['name'];

/** What a command or an entity says of a sample. */
function outgoing({ bytes: _bytes, ...media }: SampleFile): OutgoingMedia {
  return media;
}

export const QUICK_REPLIES: readonly { shortcut: string; text: string; media?: OutgoingMedia }[] = [
  {
    shortcut: 'hola',
    text: 'Hola, gracias por escribir a Clínica Alameda. ¿En qué podemos ayudarte?',
  },
  {
    shortcut: 'horario',
    text: 'Abrimos de lunes a viernes de 9:00 a 20:00 y los sábados de 9:30 a 14:00.',
  },
  {
    shortcut: 'direccion',
    text: 'Estamos en la calle de la Alameda 12, bajo. La parada de metro más cercana es Antón Martín.',
  },
  {
    shortcut: 'llegar',
    text: 'Así se llega, {nombre}: desde el metro Antón Martín son cuatro minutos andando, y hay aparcamiento en la plaza.',
    media: outgoing(SAMPLES.plan),
  },
  {
    shortcut: 'presupuesto',
    text: 'Hola, {nombre}. Preparamos tu presupuesto y te lo enviamos por aquí en uno o dos días. Vale tres meses y no te compromete a nada.',
  },
  {
    shortcut: 'cancelacion',
    text: 'Sin problema, {nombre}: dejamos tu cita anulada. Si quieres otra, dinos qué días y horas te vienen bien.',
  },
  { shortcut: 'gracias', text: 'Gracias a ti. ¡Que tengas un buen día!' },
  {
    shortcut: 'seguro',
    text: 'Trabajamos con Adeslas, Sanitas, DKV y Asisa. Dinos tu póliza y lo comprobamos.',
  },
];

function template(
  id: string,
  name: string,
  category: string,
  components: GraphTemplate['components'],
  more: Partial<GraphTemplate> = {},
): GraphTemplate {
  return {
    id,
    name,
    language: 'es',
    status: 'APPROVED',
    category,
    parameter_format: 'POSITIONAL',
    components,
    quality_score: { score: 'GREEN' },
    rejected_reason: 'NONE',
    ...more,
  };
}

const example = (...values: string[]) => ({ example: { body_text: [values] } });
const namedExample = (values: Record<string, string>) => ({
  example: {
    body_text_named_params: Object.entries(values).map(([param_name, text]) => ({
      param_name,
      example: text,
    })),
  },
});
const NAMED = { parameter_format: 'NAMED' } as const;
/** A header with a file, and the example Meta keeps of it. */
const mediaHeader = (format: 'IMAGE' | 'DOCUMENT'): GraphTemplate['components'][number] => ({
  type: 'HEADER',
  format,
  example: { header_handle: ['https://scontent.whatsapp.net/v/ejemplo'] },
});
const replies = (...labels: string[]): GraphTemplate['components'][number] => ({
  type: 'BUTTONS',
  buttons: labels.map((text) => ({ type: 'QUICK_REPLY', text })),
});

/** What the bot reminds patients with. */
export const REMINDER_TEMPLATE = 'confirmar_cita';

/** Templates at Meta (the sandbox) and in the clinic alike. */
export const TEMPLATES: readonly GraphTemplate[] = [
  template('500000000000001', 'recordatorio_cita', 'UTILITY', [
    {
      type: 'BODY',
      text: 'Hola {{1}}, te recordamos tu cita de {{2}} en la clínica, {{3}} a las {{4}} con {{5}}. Si no puedes venir, avísanos por aquí.',
      ...example('Lucía', 'ortodoncia', 'mañana', '17:30', 'la Dra. Gil'),
    },
    { type: 'FOOTER', text: 'Clínica Alameda' },
    replies('Confirmar', 'Cambiar'),
  ]),
  template(
    '500000000000002',
    'escritura_libre',
    'UTILITY',
    [
      {
        type: 'BODY',
        text: 'Hola, {{nombre}}:\n\n{{motivo}}\n\nPuedes responder a este mensaje.',
        ...namedExample({ nombre: 'Lucía', motivo: 'Tu férula ya ha llegado.' }),
      },
      { type: 'FOOTER', text: 'Clínica Alameda' },
    ],
    NAMED,
  ),
  template(
    '500000000000007',
    'escritura_libre_documento',
    'UTILITY',
    [
      mediaHeader('DOCUMENT'),
      {
        type: 'BODY',
        text: 'Hola, {{nombre}}. Te enviamos un documento: {{motivo}}\n\nUn saludo de Clínica Alameda.',
        ...namedExample({ nombre: 'Lucía', motivo: 'el presupuesto que comentamos.' }),
      },
    ],
    NAMED,
  ),
  template(
    '500000000000008',
    'tu_cita',
    'UTILITY',
    [
      mediaHeader('IMAGE'),
      {
        type: 'BODY',
        text: 'Hola, *{{nombre}}*. Te esperamos el {{fecha}} a las {{hora}}. En la imagen tienes cómo llegar.',
        ...namedExample({ nombre: 'Lucía', fecha: 'jueves 12', hora: '17:30' }),
      },
      { type: 'FOOTER', text: 'Calle de la Alameda 12, bajo' },
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: 'Ver mi cita',
            url: 'https://alameda.example/cita/{{1}}',
            example: ['https://alameda.example/cita/7431'],
          },
          { type: 'PHONE_NUMBER', text: 'Llamar', phone_number: NUMBER.phone },
        ],
      },
    ],
    NAMED,
  ),
  template('500000000000009', 'cupon_amigo', 'MARKETING', [
    {
      type: 'BODY',
      text: 'Hola {{1}}, con este código tu acompañante tiene la primera visita gratis.',
      ...example('Lucía'),
    },
    { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copiar código', example: ['ALAMEDA20'] }] },
  ]),
  template(
    '500000000000010',
    'appointment_reminder',
    'UTILITY',
    [
      {
        type: 'BODY',
        text: 'Hello {{first_name}}, we look forward to seeing you on {{date}} at {{time}}. See you soon.',
        ...namedExample({ first_name: 'Lucy', date: '12 March', time: '17:30' }),
      },
    ],
    { ...NAMED, language: 'en' },
  ),
  template(
    '500000000000011',
    'oferta_implantes',
    'MARKETING',
    [
      {
        type: 'BODY',
        text: '¡Última semana! Implantes con descuento, {{1}}, solo hasta el viernes.',
        ...example('Lucía'),
      },
    ],
    { status: 'REJECTED', rejected_reason: 'TAG_CONTENT_MISMATCH', quality_score: { score: 'UNKNOWN' } },
  ),
  template(
    '500000000000012',
    REMINDER_TEMPLATE,
    'UTILITY',
    [
      {
        type: 'BODY',
        text: 'Hola {{nombre}}, te recordamos tu cita del {{fecha}} a las {{hora}} con {{profesional}}. ¿Contamos contigo?',
        ...namedExample({
          nombre: 'Lucía',
          fecha: 'jueves, 12 de marzo',
          hora: '17:30',
          profesional: 'la Dra. Gil',
        }),
      },
      { type: 'FOOTER', text: 'Responde BAJA para no recibir recordatorios' },
      replies('Confirmar', 'Cambiar', 'Cancelar'),
    ],
    NAMED,
  ),
  template('500000000000003', 'presupuesto_enviado', 'UTILITY', [
    {
      type: 'BODY',
      text: 'Hola {{1}}, ya tienes listo el presupuesto de {{2}}. ¿Te lo explicamos por aquí?',
      ...example('Lucía', 'ortodoncia'),
    },
    replies('Sí, por favor', 'Ahora no'),
  ]),
  template('500000000000004', 'revision_anual', 'MARKETING', [
    {
      type: 'BODY',
      text: 'Hola {{1}}, hace un año de tu última revisión. ¿Te buscamos un hueco?',
      ...example('Lucía'),
    },
    replies('Pedir cita'),
  ]),
  template('500000000000005', 'documento_disponible', 'UTILITY', [
    mediaHeader('DOCUMENT'),
    { type: 'BODY', text: 'Hola {{1}}, te adjuntamos el documento que pediste.', ...example('Lucía') },
  ]),
  template(
    '500000000000006',
    'campana_blanqueamiento',
    'MARKETING',
    [{ type: 'BODY', text: 'Este mes, blanqueamiento con descuento para {{1}}.', ...example('ti') }],
    { status: 'PAUSED', quality_score: { score: 'RED' } },
  ),
];

/** A sent template as the thread shows it; values in the order of the body's variables. */
export function templateMessage(
  name: string,
  ...values: string[]
): { text: string; content: MessageContent } {
  const found = TEMPLATES.find((candidate) => candidate.name === name);
  if (!found) throw new Error('the demo has no such template');
  const components = [...found.components];
  const body = components.find(({ type }) => type === 'BODY')?.text ?? '';
  const byName = Object.fromEntries(
    templateVariables(body).map((variable, index) => [variable, values[index] ?? '']),
  );
  const rendered = renderTemplate({ components }, { header: {}, body: byName, buttons: {} });
  return {
    text: fillVariables(body, (variable) => byName[variable] ?? ''),
    content: {
      template: {
        name,
        language: found.language,
        header: rendered.header,
        footer: rendered.footer,
        buttons: rendered.buttons.map(({ type, text }) => ({ type, text })),
      },
    },
  };
}
