import { expect, test } from 'vitest';
import { readAnswer } from './read-answer.ts';

const words = (text: string) => readAnswer({ text, choice: null }, ['BAJA', 'No más']);
const button = (title: string, payload: string | null) =>
  readAnswer({ text: title, choice: { title, payload } }, ['BAJA']);

test.each([
  ['Sí', 'confirm'],
  ['si!!', 'confirm'],
  ['SÍ, CONFIRMO 👍', 'confirm'],
  ['Confirmo', 'confirm'],
  ['confirmar', 'confirm'],
  ['Cambiar', 'change'],
  ['Cancelar la cita.', 'cancel'],
  ['anular', 'cancel'],
  ['baja', 'optOut'],
  ['¡No mas!', 'optOut'],
  // Half understood is not understood.
  ['Sí, pero más tarde', null],
  ['No confirmo', null],
  ['No quiero cancelar', null],
  ['¿Tengo que confirmar?', null],
  ['Estoy de baja', null],
  ['no', null],
  ['👍', null],
  ['', null],
])('the words %j mean %j', (text, answer) => {
  expect(words(text)).toBe(answer);
});

test('a button means its payload, then its label', () => {
  expect(button('Confirmar', 'Confirmar')).toBe('confirm');
  expect(button('Allí estaré', 'confirmar')).toBe('confirm');
  expect(button('Cambiar', 'x-17')).toBe('change');
  expect(button('Cancelar', null)).toBe('cancel');
  expect(button('Confirmar', 'CANCELAR')).toBe('cancel');
  expect(button('Baja', null)).toBe('optOut');
  expect(button('Otra cosa', 'otra')).toBeNull();
});

test('without text there is no answer', () => {
  expect(readAnswer({ text: null, choice: null }, ['BAJA', '!'])).toBeNull();
});
