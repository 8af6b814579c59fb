/** What a page may never do, whatever it contains: https://www.electronjs.org/docs/latest/tutorial/security */
import { shell, systemPreferences, type Session, type WebContents } from 'electron';
import type { Log } from '../lib/log.ts';
import { APP_ORIGIN } from './app-path.ts';
import { outsideAddress } from './outside-link.ts';
import { isPermitted } from './permissions.ts';

const isOurs = (address: string) => URL.canParse(address) && originOf(address) === APP_ORIGIN;

/** Node gives custom schemes no origin of their own, so it is put together. */
export function originOf(address: string): string {
  const url = new URL(address);
  return `${url.protocol}//${url.host}`;
}

/** The one page there is; everything else under our scheme is a part of it, never a page of its own. */
const isOurPage = (address: string) =>
  isOurs(address) && /^\/?(index\.html)?$/.test(new URL(address).pathname);

/** Denies devices, downloads, and every permission but what `isPermitted` names. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const isAllowed = isPermitted({
      permission,
      isOurs: details.isMainFrame && isOurs(details.requestingUrl),
      devices: 'mediaTypes' in details ? (details.mediaTypes ?? []) : [],
    });
    if (!isAllowed || permission !== 'media' || process.platform !== 'darwin') {
      answer(isAllowed);
      return;
    }
    // macOS asks the person itself, once; its answer is the page's answer.
    systemPreferences.askForMediaAccess('microphone').then(answer, () => {
      answer(false);
    });
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    isPermitted({
      permission,
      isOurs: isOurs(origin),
      devices: details.mediaType === undefined ? [] : [details.mediaType],
    }),
  );
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => {
    event.preventDefault();
  });
}

/** Keeps a window on our one page; links go to the system's programs after a look at their address. */
export function hardenContents(contents: WebContents, log: Log): void {
  const stay = (event: { preventDefault: () => void; url: string }) => {
    if (isOurPage(event.url)) return;
    event.preventDefault();
    log('window.navigationRefused', {});
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    const address = outsideAddress(url);
    if (address === null) log('window.openRefused', {});
    else void shell.openExternal(address);
    return { action: 'deny' };
  });
}
