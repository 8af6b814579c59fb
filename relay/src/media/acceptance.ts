import { bareType } from './file-types.ts';

const MEGABYTE = 1_048_576;
const LIMITS: readonly (readonly [types: RegExp, most: number])[] = [
  [/^image\/(jpeg|png)$/, 5 * MEGABYTE],
  [/^image\/webp$/, 500 * 1_024],
  [/^audio\/(aac|amr|mpeg|mp4|ogg)$/, 16 * MEGABYTE],
  [/^video\/(mp4|3gpp)$/, 16 * MEGABYTE],
  [
    /^(text\/plain|application\/(pdf|msword|vnd\.(ms-excel|ms-powerpoint|openxmlformats-officedocument\.[\w.]+)))$/,
    100 * MEGABYTE,
  ],
];

/** Most bytes WhatsApp takes of a file of this type, as whatever kind of message; null when it takes none. */
export function acceptedSize(file: { mimeType: string }): number | null {
  const type = bareType(file.mimeType);
  return LIMITS.find(([types]) => types.test(type))?.[1] ?? null;
}
