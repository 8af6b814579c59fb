import '@fontsource-variable/inter/wght.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { createClient } from '../api/index.ts';
import { chooseLanguage, createI18n } from '../i18n/index.ts';
import { createRecado, RecadoContext, type Recado } from '../stores/index.ts';
import type { Bridge } from '../../shared/contract/index.ts';
import '../styles/tokens.css';
import '../styles/base.css';
import { App } from './App.tsx';

/** Draws the window over a bridge: main's in the product, a made-up one in previews. */
export function mount(bridge: Bridge, root: HTMLElement): Recado {
  const language = chooseLanguage(navigator.languages);
  document.documentElement.lang = language;
  const recado = createRecado(createClient(bridge, (message) => reportError(new Error(message))));
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={createI18n(language)}>
        <RecadoContext value={recado}>
          <App />
        </RecadoContext>
      </I18nextProvider>
    </StrictMode>,
  );
  return recado;
}
