/** Where the window opens; pure. */
import { z } from 'zod';

export const MINIMUM_SIZE = { width: 900, height: 600 };
const FIRST_SIZE = { width: 1_280, height: 800 };

const Length = z.number().int().min(-100_000).max(100_000);
export const WindowState = z.object({
  bounds: z.object({ x: Length, y: Length, width: Length, height: Length }),
  isMaximized: z.boolean(),
});
export type WindowState = z.infer<typeof WindowState>;
export type Rectangle = WindowState['bounds'];

const overlap = (a: Rectangle, b: Rectangle) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

const within = (value: number, from: number, to: number) =>
  Math.min(Math.max(value, from), Math.max(from, to));

/**
 * The bounds to open with: as they were, moved and shrunk into the display they overlap most; centred on the first
 * display when there were none or that display is gone. `workAreas`: the primary display first.
 */
export function openingBounds(saved: Rectangle | null, workAreas: readonly Rectangle[]): Rectangle {
  const primary = workAreas[0] ?? { x: 0, y: 0, ...FIRST_SIZE };
  const home = saved === null ? undefined : workAreas.filter((area) => overlap(saved, area) > 0);
  const area = home?.sort((a, b) => overlap(saved!, b) - overlap(saved!, a))[0];
  const size = saved ?? FIRST_SIZE;
  const target = area ?? primary;
  const width = within(size.width, MINIMUM_SIZE.width, target.width);
  const height = within(size.height, MINIMUM_SIZE.height, target.height);
  if (saved === null || area === undefined) {
    return {
      x: target.x + Math.max(0, Math.round((target.width - width) / 2)),
      y: target.y + Math.max(0, Math.round((target.height - height) / 2)),
      width,
      height,
    };
  }
  return {
    x: within(saved.x, area.x, area.x + area.width - width),
    y: within(saved.y, area.y, area.y + area.height - height),
    width,
    height,
  };
}
