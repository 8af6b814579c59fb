import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import {
  CALL_CHANNEL,
  EVENT_CHANNEL_PREFIX,
  type EventName,
  type EventPayload,
} from '../../shared/contract/index.ts';
import type { Dispatch } from '../ipc/dispatcher.ts';
import { APP_ORIGIN } from './app-path.ts';
import { originOf } from './security.ts';

/** Carries calls of our window to the dispatcher, and events back. */
export function createIpcTransport(deps: { dispatch: Dispatch; window: () => BrowserWindow | null }) {
  /** Our window, its main frame, our origin; a frame that is gone or has navigated away is nobody. */
  function isTrusted(event: IpcMainInvokeEvent): boolean {
    const frame = event.senderFrame;
    const contents = deps.window()?.webContents;
    if (frame === null || contents === undefined || event.sender !== contents) return false;
    return frame === contents.mainFrame && URL.canParse(frame.url) && originOf(frame.url) === APP_ORIGIN;
  }

  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown) =>
    deps.dispatch(name, input, { trusted: isTrusted(event) }),
  );

  return {
    send<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
      const contents = deps.window()?.webContents;
      // A page that crashed or has not loaded yet asks for everything when it is there again.
      if (contents === undefined || contents.isDestroyed() || contents.isCrashed()) return;
      contents.send(EVENT_CHANNEL_PREFIX + name, payload);
    },
  };
}
