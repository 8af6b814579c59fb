import { expect, type Locator, type Page } from '@playwright/test';

/** The words of the window that stories speak of, in one place. */
export function inbox(window: Page) {
  const messages = (name: string) => window.getByRole('feed', { name: `Mensajes con ${name}` });
  return {
    /** The rail says that everything the relay has is here. */
    upToDate: () => window.getByText(/^Al día/),
    filter: (name: string) =>
      window.getByRole('navigation').getByRole('button', { name: new RegExp(`^${name}`) }),
    row: (name: string): Locator =>
      window.getByRole('listbox').getByRole('option', { name: new RegExp(name) }),
    async open(name: string): Promise<void> {
      await this.row(name).click();
      await expect(messages(name)).toBeVisible();
    },
    messages,
    message: (name: string, text: string) => messages(name).getByRole('article').filter({ hasText: text }),
    /** Chooses files for the message being written. */
    attach: (files: Parameters<Locator['setInputFiles']>[0]) =>
      window.locator('.composer input[type=file]').setInputFiles(files),
    /** From a conversation whose window is closed. */
    async pickTemplate(): Promise<Locator> {
      await window.getByRole('button', { name: /^Elegir plantilla/ }).click();
      const dialog = window.getByRole('dialog', { name: 'Enviar una plantilla' });
      await expect(dialog).toBeVisible();
      return dialog;
    },
    composer: () => window.getByRole('textbox', { name: 'Escribe un mensaje' }),
    async answer(text: string): Promise<void> {
      await this.composer().fill(text);
      await this.composer().press('Enter');
    },
  };
}
