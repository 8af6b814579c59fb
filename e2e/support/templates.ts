import type { GraphTemplate } from '../../relay/sandbox/graph-api/index.ts';

const approved = { language: 'es', status: 'APPROVED', category: 'UTILITY' };

/** What Meta has approved for the clinic of the stories. */
export const TEMPLATES: GraphTemplate[] = [
  {
    ...approved,
    id: '800000000000001',
    name: 'escritura_libre_documento',
    parameter_format: 'NAMED',
    components: [
      {
        type: 'HEADER',
        format: 'DOCUMENT',
        example: { header_handle: ['https://example.test/documento.pdf'] },
      },
      {
        type: 'BODY',
        text: 'Hola, te escribimos de la Clínica Alameda. {{motivo}} Un saludo.',
        example: {
          body_text_named_params: [{ param_name: 'motivo', example: 'Tu presupuesto está listo.' }],
        },
      },
    ],
  },
  {
    ...approved,
    id: '800000000000002',
    name: 'plano_de_la_clinica',
    parameter_format: 'NAMED',
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://example.test/plano.png'] } },
      {
        type: 'BODY',
        text: 'Hola {{nombre}}, te esperamos en la {{planta}} planta.',
        example: {
          body_text_named_params: [
            { param_name: 'nombre', example: 'Lucía' },
            { param_name: 'planta', example: 'segunda' },
          ],
        },
      },
      { type: 'FOOTER', text: 'Clínica Alameda' },
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: 'Cómo llegar',
            url: 'https://alameda.example/llegar/{{1}}',
            example: ['https://alameda.example/llegar/metro'],
          },
        ],
      },
    ],
  },
  {
    ...approved,
    id: '800000000000004',
    name: 'aviso_de_cita',
    parameter_format: 'NAMED',
    components: [
      {
        type: 'BODY',
        text: 'Hola {{nombre}}, te esperamos el {{fecha}} a las {{hora}} con {{profesional}}.',
        example: {
          body_text_named_params: [
            { param_name: 'nombre', example: 'Lucía' },
            { param_name: 'fecha', example: 'jueves 26 de noviembre' },
            { param_name: 'hora', example: '17:30' },
            { param_name: 'profesional', example: 'la Dra. Gil' },
          ],
        },
      },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Confirmar' },
          { type: 'QUICK_REPLY', text: 'Cambiar' },
        ],
      },
    ],
  },
  {
    ...approved,
    id: '800000000000003',
    name: 'promocion_de_verano',
    status: 'REJECTED',
    category: 'MARKETING',
    rejected_reason: 'INVALID_FORMAT',
    parameter_format: 'POSITIONAL',
    components: [{ type: 'BODY', text: 'Este verano, blanqueamiento.' }],
  },
];
