import type { TemplateView } from '../../shared/contract/index.ts';
import { idOf } from './builders.ts';

let last = 0;

function build(
  name: string,
  body: string,
  changes: Partial<TemplateView> & {
    header?: object;
    footer?: string;
    buttons?: object[];
    examples?: string[];
  } = {},
): TemplateView {
  const { header, footer, buttons, examples, ...rest } = changes;
  return {
    id: idOf(10, ++last),
    name,
    language: 'es',
    category: 'UTILITY',
    status: 'APPROVED',
    components: [
      ...(header ? [{ type: 'HEADER', ...header }] : []),
      { type: 'BODY', text: body, ...(examples ? { example: { body_text: [examples] } } : {}) },
      ...(footer ? [{ type: 'FOOTER', text: footer }] : []),
      ...(buttons ? [{ type: 'BUTTONS', buttons }] : []),
    ],
    parameterFormat: 'NAMED',
    quality: 'GREEN',
    rejectionReason: null,
    hidden: false,
    isFavourite: false,
    lastUsedAt: null,
    ...rest,
  };
}

/** Templates of the made-up clinic: one of each kind a person has to fill in. */
export function seedTemplates(now: number): TemplateView[] {
  return [
    build('escritura_libre', 'Hola, {{nombre}}:\n\n{{motivo}}\n\nPuedes responder a este mensaje.', {
      footer: 'Clínica Alameda',
      isFavourite: true,
      lastUsedAt: now - 3_600_000,
    }),
    build(
      'escritura_libre_documento',
      'Hola, {{nombre}}. Te enviamos un documento: {{motivo}}\n\nUn saludo.',
      {
        header: { format: 'DOCUMENT' },
      },
    ),
    build(
      'recordatorio_cita',
      'Hola, *{{nombre_paciente}}*. Te recordamos tu cita el {{fecha}} a las {{hora}} con {{profesional}}.\n\n¿Podrás venir?',
      {
        header: { format: 'TEXT', text: 'Tu cita en {{clinica}}' },
        footer: 'Responde para cambiarla',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Confirmo' },
          { type: 'QUICK_REPLY', text: 'Necesito cambiarla' },
        ],
        lastUsedAt: now - 86_400_000,
      },
    ),
    build(
      'presupuesto_listo',
      'Hola, {{1}}. Tu presupuesto de {{2}} ya está listo. Puedes verlo aquí abajo.',
      {
        parameterFormat: 'POSITIONAL',
        examples: ['Lucía', 'ortodoncia'],
        header: { format: 'IMAGE' },
        buttons: [
          {
            type: 'URL',
            text: 'Ver presupuesto',
            url: 'https://alameda.example/p/{{1}}',
            example: ['https://alameda.example/p/7431'],
          },
          { type: 'PHONE_NUMBER', text: 'Llamar', phone_number: '+34910000000' },
        ],
      },
    ),
    build('promo_blanqueamiento', 'Hola, {{nombre}}. Este mes, blanqueamiento con un 20 % de descuento.', {
      category: 'MARKETING',
      buttons: [{ type: 'COPY_CODE', text: 'Copiar código', example: 'ALAMEDA20' }],
      quality: 'YELLOW',
    }),
    build(
      'appointment_reminder',
      'Hello {{first_name}}, we look forward to seeing you on {{date}} at {{time}}.',
      {
        language: 'en_GB',
      },
    ),
    build('encuesta', '¿Qué tal tu visita, {{nombre}}? Nos ayudas mucho.', { status: 'PENDING' }),
    build('oferta_verano', '¡Oferta de verano! Ven, {{nombre}}, y ahorra.', {
      category: 'MARKETING',
      status: 'REJECTED',
      rejectionReason: 'TAG_CONTENT_MISMATCH',
      quality: 'UNKNOWN',
    }),
    build('aviso_antiguo', 'Hola, {{nombre}}. Cerramos en agosto.', { status: 'PAUSED', quality: 'RED' }),
    build('como_llegar', 'Hola, {{nombre}}. Estamos aquí.', { header: { format: 'LOCATION' } }),
  ];
}
