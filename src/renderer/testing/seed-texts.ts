/** Words of made-up patients. */

export const NAMES = {
  first: [
    'Carmen', 'Antonio', 'Isabel', 'Manuel', 'Dolores', 'José Luis', 'Elena', 'Rafael', 'Nuria', 'Álvaro', 'Teresa',
    'Óscar', 'Inés', 'Iker', 'Rocío', 'Hugo', 'Begoña', 'Adrián', 'Mercè', 'Xabier', 'Ángela', 'Samuel',
  ],
  last: [
    'García', 'Martínez', 'López', 'Sánchez', 'Pérez', 'Gómez', 'Ruiz', 'Hernández', 'Muñoz', 'Álvarez', 'Núñez',
    'Iglesias', 'Ortega', 'Castillo', 'Ibáñez', 'Vidal', 'Soler', 'Etxeberria', 'Peña', 'Ferrer',
  ],
}; // prettier-ignore

export const ONE_LINERS = [
  'Hola, quería pedir cita para una limpieza',
  '¿Tienen hueco esta semana por la tarde?',
  'Se me ha caído un empaste, ¿me pueden ver hoy?',
  'Buenos días, ¿cuánto cuesta un blanqueamiento?',
  'No voy a poder ir mañana, ¿podemos cambiarlo?',
  'Gracias!!',
  'Vale, perfecto 👍',
  '¿Hay que ir en ayunas para la analítica?',
  'Mi hijo tiene fiebre, ¿mantenemos la cita de ortodoncia?',
  '¿Me pueden mandar la factura de la última visita?',
  'Ya he hecho la transferencia',
  '¿Aparcan bien los coches por ahí?',
  'Me duele bastante la muela desde anoche, ¿qué puedo tomar hasta que me vean?',
];

export const HISTORIES = {
  answers: [
    'Le esperamos el martes a las 10:00.',
    'Sin problema, le busco otro hueco.',
    'Se lo envío ahora mismo por aquí.',
    'Claro, ¿prefiere por la mañana o por la tarde?',
    'Confirmado. Que pase buen día.',
  ],
  long: Array.from({ length: 150 }, (_, index) => {
    const lines = [
      'Hola, buenas tardes',
      'Buenas tardes, Lucía. ¿En qué podemos ayudarle?',
      'Quería saber si la ortodoncia invisible me cubre con el seguro, porque en la web pone que sí pero en la póliza no lo encuentro por ningún lado y no me queda claro',
      'Vale',
      'Le miro la póliza y le digo algo esta misma tarde.',
      '¡Muchas gracias!',
    ];
    return `${lines[index % lines.length]}${index % 6 === 2 ? ` (${index})` : ''}`;
  }),
};
