/** Names for files on a person's disk, made of names strangers chose. */

const ENDINGS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
};

/** Devices Windows answers for whatever the ending: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const LONGEST = 200;

/** A name that stays in its folder, on every system, and shows its true ending; `file` when nothing is left of it. */
export function safeFileName(name: string, mimeType: string): string {
  const cleaned = name
    .normalize('NFC')
    // Controls, and marks that turn the reading direction: "receta\u202Efdp.exe" would show as "recetaexe.pdf".
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/[<>:"/\\|?*]/g, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  const ending = ENDINGS[(mimeType.split(';')[0] ?? '').trim().toLowerCase()];
  const base = cleaned === '' ? 'file' : cleaned;
  const named = ending !== undefined && !/\.[a-z0-9]{1,5}$/i.test(base) ? `${base}.${ending}` : base;
  const free = RESERVED.test(named) ? `_${named}` : named;
  if (free.length <= LONGEST) return free;
  const kept = /\.[a-z0-9]{1,5}$/i.exec(free)?.[0] ?? '';
  // Not in the middle of a character of two halves.
  return `${free.slice(0, LONGEST - kept.length).replace(/[\ud800-\udbff]$/, '')}${kept}`;
}
