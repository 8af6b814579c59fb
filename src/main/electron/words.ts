import { app } from 'electron';
import { en } from './i18n/en.ts';
import { es } from './i18n/es.ts';

type Widened<Part> = Part extends string
  ? string
  : Part extends (...given: infer Given) => infer Said
    ? (...given: Given) => Said extends string ? string : Said
    : { readonly [Key in keyof Part]: Widened<Part[Key]> };

/** Every language says the same. */
export type Words = Widened<typeof es>;

/** In the language of the window; to be asked for after `ready`. */
export const chosenWords = (): Words => (app.getLocale().startsWith('en') ? en : es);
