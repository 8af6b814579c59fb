import { describe, expect, it } from 'vitest';
import { badgeText, overlayIcon, trayIcon, type Bitmap } from './tray-icon.ts';

const pixel = ({ width, pixels }: Bitmap, x: number, y: number) => [
  ...pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

describe.each([16, 20, 24, 32, 48])('the tray icon at %i pixels', (size) => {
  it('is clear at its corners and opaque in its middle', () => {
    const icon = trayIcon(size, 0);
    expect(icon.pixels).toHaveLength(size * size * 4);
    expect(pixel(icon, 0, 0)[3]).toBe(0);
    expect(pixel(icon, size / 2, size / 4)[3]).toBe(255);
  });

  it('has its colours multiplied by alpha', () => {
    const { pixels } = trayIcon(size, 7);
    for (let at = 0; at < pixels.length; at += 4)
      for (const channel of [0, 1, 2]) expect(pixels[at + channel]).toBeLessThanOrEqual(pixels[at + 3]! + 1);
  });

  it('looks different for every number of one digit, and says that there are many', () => {
    const looks = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((count) => trayIcon(size, count).pixels.join());
    expect(new Set(looks).size).toBe(looks.length);
  });
});

it('writes the number over the taskbar button up to 99', () => {
  const looks = Array.from({ length: 100 }, (_, index) => overlayIcon(16, index + 1).pixels.join());
  expect(new Set(looks).size).toBe(100);
  expect([1, 99, 100, 5_000].map(badgeText)).toEqual(['1', '99', '99+', '99+']);
});
