/** What the window may use of the PC. Everything else is refused without asking anybody. */

export interface PermissionAsked {
  /** Electron's name of it. */
  permission: string;
  /** Whether the one page of this app asks, in its own frame. */
  isOurs: boolean;
  /** For `media`: which devices; empty when Electron does not say. */
  devices: readonly string[];
}

/** Copying to the clipboard, and the microphone for voice notes: never together with a camera or a screen. */
export function isPermitted({ permission, isOurs, devices }: PermissionAsked): boolean {
  if (!isOurs) return false;
  if (permission === 'clipboard-sanitized-write') return true;
  return permission === 'media' && devices.length > 0 && devices.every((device) => device === 'audio');
}
