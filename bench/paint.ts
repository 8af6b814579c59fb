import type { Page } from '@playwright/test';

/** Puts an observer on the page that notes when a text is first on screen (after the frame that shows it). */
export async function watchPaint(page: Page): Promise<void> {
  await page.evaluate(() => {
    const painted = new Map<string, number>();
    const seen = new Set<string>();
    const look = () => {
      for (const [marker] of document.body.innerText.matchAll(/medida-\d+-fin/g)) {
        if (seen.has(marker)) continue;
        seen.add(marker);
        requestAnimationFrame(() => painted.set(marker, performance.timeOrigin + performance.now()));
      }
    };
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    Object.assign(globalThis, { paintedAt: painted });
  });
}

/** When a text was first on screen, milliseconds since the epoch. */
export async function paintedAt(page: Page, marker: string): Promise<number> {
  const handle = await page.waitForFunction(
    (text) => (globalThis as unknown as { paintedAt: Map<string, number> }).paintedAt.get(text),
    marker,
  );
  return (await handle.jsonValue())!;
}
