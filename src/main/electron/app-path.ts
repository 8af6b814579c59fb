/** Which file an address of the app's own scheme names; pure, because it decides what a page may read. */
import { join, normalize, sep } from 'node:path';

export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://recado';

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  wav: 'audio/wav',
  webp: 'image/webp',
  woff2: 'font/woff2',
};

export interface AppFile {
  path: string;
  type: string;
}

/**
 * The file below `folder` that `address` names, with its type; null for another host, a type we do not ship, or any way
 * of leaving the folder. Query and fragment do not matter.
 */
export function resolveAppPath(folder: string, address: string): AppFile | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== `${APP_SCHEME}:` || url.host !== 'recado') return null;
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
  // What is encoded twice, a Windows path or a NUL is nothing this app links to.
  if (/[%\\\0:]/.test(path) || path.split('/').includes('..')) return null;
  const name = path === '/' || path === '' ? '/index.html' : path;
  const type = TYPES[/\.([a-z0-9]+)$/.exec(name)?.[1] ?? ''];
  if (type === undefined) return null;
  const root = normalize(folder + sep);
  const file = normalize(join(root, name));
  return file.startsWith(root) ? { path: file, type } : null;
}
