import type { GraphTemplate } from '../graph-api/index.ts';

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

export const QUICK_REPLIES = [
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
  { shortcut: 'gracias', text: 'Gracias a ti. ¡Que tengas un buen día!' },
  {
    shortcut: 'seguro',
    text: 'Trabajamos con Adeslas, Sanitas, DKV y Asisa. Dinos tu póliza y lo comprobamos.',
  },
] as const;

function template(
  id: string,
  name: string,
  category: string,
  components: GraphTemplate['components'],
  status = 'APPROVED',
): GraphTemplate {
  return { id, name, language: 'es', status, category, parameter_format: 'POSITIONAL', components };
}

const example = (...values: string[]) => ({ example: { body_text: [values] } });
const replies = (...labels: string[]): GraphTemplate['components'][number] => ({
  type: 'BUTTONS',
  buttons: labels.map((text) => ({ type: 'QUICK_REPLY', text })),
});

/** Templates at Meta (the sandbox) and in the clinic alike. */
export const TEMPLATES: readonly GraphTemplate[] = [
  template('500000000000001', 'recordatorio_cita', 'UTILITY', [
    {
      type: 'BODY',
      text: 'Hola {{1}}, te recordamos tu cita de {{2}} {{3}} a las {{4}} con {{5}}.',
      ...example('Lucía', 'ortodoncia', 'mañana', '17:30', 'la Dra. Gil'),
    },
    { type: 'FOOTER', text: 'Clínica Alameda' },
    replies('Confirmar', 'Cambiar'),
  ]),
  template('500000000000002', 'escritura_libre', 'UTILITY', [
    {
      type: 'BODY',
      text: 'Hola {{1}}, te escribimos de Clínica Alameda: {{2}} Quedamos a tu disposición.',
      ...example('Lucía', 'tu férula ya ha llegado.'),
    },
  ]),
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
    { type: 'HEADER', format: 'DOCUMENT' },
    { type: 'BODY', text: 'Hola {{1}}, te adjuntamos el documento que pediste.', ...example('Lucía') },
  ]),
  template(
    '500000000000006',
    'campana_blanqueamiento',
    'MARKETING',
    [{ type: 'BODY', text: 'Este mes, blanqueamiento con descuento para {{1}}.', ...example('ti') }],
    'PAUSED',
  ),
];

/** The words of a template with its values filled in. */
export function templateText(name: string, ...values: string[]): string {
  const body = TEMPLATES.find((candidate) => candidate.name === name)?.components.find(
    (component) => component.type === 'BODY',
  );
  return (body?.text ?? '').replace(
    /\{\{(\d+)\}\}/g,
    (_match, index: string) => values[Number(index) - 1] ?? '',
  );
}
