/** Serves the window's own files, and the clinic's, under app://recado, each answer with the policy that holds for it. */
import { protocol, type Session } from 'electron';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { APP_SCHEME, resolveAppPath } from './app-path.ts';
import { mediaIdOf, mediaResponse, type OpenMedia } from './media-response.ts';

/** To be called before `ready`. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      // corsEnabled: without it other origins could read what fetch gets here (CVE-2026-70604). stream: without it
      // sound and film could not be moved about in. codeCache: our own scripts are compiled once, not at every start.
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        corsEnabled: true,
        stream: true,
        codeCache: true,
      },
    },
  ]);
}

/** `nonce` lets the style elements of the component library in, and nothing else. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `media-src 'self'`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    `object-src 'none'`,
  ].join('; ');
}

const notFound = () => new Response(null, { status: 404 });

/** Where react-aria looks for the nonce: https://react-spectrum.adobe.com/react-aria/getting-started.html */
function withNonce(html: string, nonce: string): string {
  return html.replace('<head>', `<head><meta property="csp-nonce" content="${nonce}">`);
}

/** Without `openMedia` there are no files of the clinic. */
export function serveApp(session: Session, folder: string, openMedia?: OpenMedia): void {
  session.protocol.handle(APP_SCHEME, async (request) => {
    const mediaId = request.method === 'GET' ? mediaIdOf(request.url) : null;
    if (mediaId !== null && openMedia !== undefined) {
      const range = request.headers.get('range');
      return mediaResponse({ mediaId, range }, openMedia).catch(() => new Response(null, { status: 500 }));
    }
    const file = request.method === 'GET' ? resolveAppPath(folder, request.url) : null;
    if (file === null) return notFound();
    const nonce = randomBytes(16).toString('base64');
    try {
      const isPage = file.type.startsWith('text/html');
      const content = await readFile(file.path);
      const body = isPage ? withNonce(content.toString('utf8'), nonce) : new Uint8Array(content);
      return new Response(body, {
        headers: {
          'content-type': file.type,
          'content-security-policy': contentSecurityPolicy(nonce),
          'x-content-type-options': 'nosniff',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': 'no-store',
        },
      });
    } catch {
      return notFound();
    }
  });
}
