import type { SecretBox } from '../accounts/secrets.ts';
import { describeError, type Logger } from '../logger.ts';

/** A number's access token, readable; null when it has none, or one that was sealed with another key. */
export function openAccessToken(
  { secrets, logger }: { secrets: SecretBox; logger: Logger },
  clinicId: string,
  sealed: Buffer | null,
): string | null {
  if (sealed === null) return null;
  try {
    return secrets.open(sealed);
  } catch (error) {
    // Sealed with another RECADO_SECRET_KEY: only connecting the number again can help.
    logger.error('access token cannot be read', { clinicId, ...describeError(error) });
    return null;
  }
}
