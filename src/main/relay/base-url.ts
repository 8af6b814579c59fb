/** The address of a relay as a person types it. */

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The origin and path everything is asked under, without a slash at the end; null when it is no address of a relay.
 * Patient data only travels over TLS: plain http is accepted for this machine alone (tests, the demo clinic).
 */
export function normaliseBaseUrl(typed: string): string | null {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (url === null || url.hostname === '') return null;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return null;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  return url.origin + path;
}
