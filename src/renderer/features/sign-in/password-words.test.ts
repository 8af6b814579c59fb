import { describe, expect, it } from 'vitest';
import { wordsIn } from '../../testing/words.ts';
import { passwordWords } from './password-words.ts';

describe('passwordWords', () => {
  it.each([
    ['', 'Al menos 10 caracteres. Tres o cuatro palabras sueltas van muy bien.'],
    ['gato', 'Faltan 6 caracteres'],
    ['gato-azul', 'Falta 1 carácter'],
    ['ñandúñandú', 'Suficiente; cuanto más larga, mejor'],
    ['gato azul 7', 'Suficiente; cuanto más larga, mejor'],
    ['aaaaaaaaaaaaaaaaaa', 'Es muy fácil de adivinar'],
    ['1234567890', 'Es muy fácil de adivinar'],
    ['gato azul con botas', 'Buena'],
  ])('%j: %s', (password, expected) => {
    expect(passwordWords(password, wordsIn('es').translation)).toBe(expected);
  });
});
