/** The small icons with the unread number, drawn here: every number at every size without a file for each. */

/** Rows of 3 by 5 dots. */
const GLYPHS: Record<string, string> = {
  '0': '111101101101111', '1': '010110010010111', '2': '111001111100111', '3': '111001111001111',
  '4': '101101111001001', '5': '111100111001111', '6': '111100111101111', '7': '111001010010010',
  '8': '111101111101111', '9': '111101111001111', '+': '000010111010000',
}; // prettier-ignore

type Colour = readonly [red: number, green: number, blue: number];
const BUBBLE: Colour = [15, 118, 110];
const BADGE: Colour = [200, 30, 45];
const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];

/** Points looked at per pixel and side: edges come out smooth. */
const SAMPLES = 4;

export interface Bitmap {
  width: number;
  height: number;
  /** Blue, green, red, alpha, with the colours already multiplied by alpha, as Electron takes them. */
  pixels: Uint8Array;
}

/** What to paint at a point of the unit square; null for nothing. */
type Paint = (x: number, y: number) => Colour | null;

function render(size: number, paint: Paint): Bitmap {
  const pixels = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const sum = [0, 0, 0];
      let hits = 0;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
        const x = (column + ((sample % SAMPLES) + 0.5) / SAMPLES) / size;
        const y = (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size;
        const colour = paint(x, y);
        if (colour === null) continue;
        hits += 1;
        colour.forEach((value, channel) => (sum[channel] = sum[channel]! + value));
      }
      const count = SAMPLES * SAMPLES;
      const [red, green, blue] = sum.map((value) => Math.round(value / count)) as [number, number, number];
      pixels.set([blue, green, red, Math.round((255 * hits) / count)], (row * size + column) * 4);
    }
  }
  return { width: size, height: size, pixels };
}

/** Lines of a message: what tells it from any other bubble. */
const LINES = [
  { y: 0.3, to: 0.76 },
  { y: 0.46, to: 0.76 },
  { y: 0.62, to: 0.58 },
] as const;

function isInBubble(x: number, y: number): boolean {
  const [left, top, right, bottom, radius] = [0.04, 0.06, 0.96, 0.8, 0.2];
  const nearX = Math.min(Math.max(x, left + radius), right - radius);
  const nearY = Math.min(Math.max(y, top + radius), bottom - radius);
  if (Math.hypot(x - nearX, y - nearY) <= radius) return true;
  // The tail, at the lower left.
  return y >= bottom - 0.05 && y <= 0.97 && x >= 0.2 && x <= 0.2 + (0.97 - y) * 1.4;
}

const bubble =
  (ink: Colour, paper: Colour | null): Paint =>
  (x, y) => {
    if (!isInBubble(x, y)) return null;
    const isLine = LINES.some((line) => Math.abs(y - line.y) <= 0.045 && x >= 0.22 && x <= line.to);
    return isLine ? paper : ink;
  };

/** The number as it is drawn: never more than three signs. */
export const badgeText = (count: number): string => (count > 99 ? '99+' : String(count));

/** Digits on a disc; `size` in pixels, so that each dot of a digit is a whole number of them. */
function badge(text: string, box: { x: number; y: number; width: number }, size: number): Paint {
  const radius = box.width / 2;
  const [centreX, centreY] = [box.x + radius, box.y + radius];
  const columns = text.length * 4 - 1;
  const dot = Math.max(1, Math.floor((box.width * size * 0.86) / Math.max(columns, 7))) / size;
  const snap = (value: number) => Math.round(value * size) / size;
  const [left, top] = [snap(centreX - (columns * dot) / 2), snap(centreY - (5 * dot) / 2)];
  return (x, y) => {
    if (Math.hypot(x - centreX, y - centreY) > radius) return null;
    const column = Math.floor((x - left) / dot);
    const row = Math.floor((y - top) / dot);
    if (row < 0 || row > 4 || column < 0 || column >= columns || column % 4 === 3) return BADGE;
    const glyph = GLYPHS[text[Math.floor(column / 4)]!]!;
    return glyph[row * 3 + (column % 4)] === '1' ? WHITE : BADGE;
  };
}

/** The icon of the tray: the bubble, and how many conversations wait; 0 for none. */
export function trayIcon(size: number, count: number): Bitmap {
  const base = bubble(BUBBLE, WHITE);
  if (count === 0) return render(size, base);
  // Where there is little room, that there are many matters more than how many.
  const text = count > 9 && size < 32 ? '9+' : badgeText(count);
  const width = 0.66;
  const number = badge(text, { x: 1 - width, y: 1 - width, width }, size);
  return render(size, (x, y) => number(x, y) ?? base(x, y));
}

/** The number alone, to lie over the button of the Windows taskbar. */
export const overlayIcon = (size: number, count: number): Bitmap =>
  render(size, badge(badgeText(count), { x: 0, y: 0, width: 1 }, size));

/** Black and clear, for menu bars that colour it themselves. */
export const templateIcon = (size: number): Bitmap => render(size, bubble(BLACK, null));
