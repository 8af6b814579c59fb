/**
 * The list at full size: changing the filter, counting again, and a message arriving while somebody scrolls. All of it
 * in the real app, over a relay with as many conversations as asked for.
 */
import type { Page } from '@playwright/test';
import { createClinicWorld, type TestClinicWorld } from '../e2e/support/clinic.ts';
import { openDesk } from '../e2e/support/desk.ts';
import { inbox } from '../e2e/support/inbox.ts';
import { startDatabaseServer } from '../relay/sandbox/testing/database.ts';
import { ensureBuilt } from '../scripts/build.ts';
import { openDisplay } from '../scripts/display.ts';
import { resolveElectronRuntime } from '../scripts/electron-runtime.ts';
import { fillClinic } from './fill-clinic.ts';
import type { BenchOptions } from './run.ts';
import { say, summary } from './statistics.ts';

const CONVERSATIONS = 20_000;
const MESSAGES_PER_CONVERSATION = 5;
const SWITCHES = 40;
const ARRIVALS = 30;
/** How far down the list somebody has gone when messages arrive. */
const ROWS_HELD = 10_000;
/** Frames of scrolling while nothing arrives: what this machine can do. */
const FRAMES_ALONE = 200;
/** After this long a change that has not come counts as lost. */
const PATIENCE_MS = 30_000;
const FILTERS = ['Cerradas', 'Caducadas', 'Con bot activado', 'Recibidas'];
/** A frame that took longer than this was dropped by a 60 Hz screen. */
const FRAME_MS = 1_000 / 60;

/** From the click to the frame that shows the first row of the other filter. */
async function switchFilters(window: Page): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < SWITCHES; index += 1) {
    const name = FILTERS[index % FILTERS.length]!;
    const button = await inbox(window).filter(name).elementHandle();
    samples.push(
      await window.evaluate(
        ([element, filter]) =>
          new Promise<number>((resolve) => {
            const startedAt = performance.now();
            const isShown = () =>
              document
                .querySelector('[role=listbox]')
                ?.getAttribute('aria-label')
                ?.includes(filter as string) &&
              document.querySelector('[role=listbox] [role=option], [role=listbox] ~ *, .empty') !== null;
            const look = () => {
              if (isShown()) requestAnimationFrame(() => resolve(performance.now() - startedAt));
              else requestAnimationFrame(look);
            };
            (element as HTMLElement).click();
            look();
          }),
        [button, name] as const,
      ),
    );
  }
  return samples;
}

/**
 * Watches the count beside a filter from now on. The answer gives when it changed on screen, milliseconds since the
 * epoch. Watching begins before this resolves: a page busy scrolling hears of a question later than of the change.
 */
async function watchCount(window: Page, filter: string): Promise<() => Promise<number>> {
  const button = await inbox(window).filter(filter).elementHandle();
  await window.evaluate(
    ([element, withinMs]) => {
      const { textContent: before } = element as HTMLElement;
      const watchedFrom = performance.now();
      const change = new Promise<number | null>((resolve) => {
        const look = () => {
          if ((element as HTMLElement).textContent !== before)
            resolve(performance.timeOrigin + performance.now());
          else if (performance.now() - watchedFrom > (withinMs as number)) resolve(null);
          else requestAnimationFrame(look);
        };
        look();
      });
      Object.assign(globalThis, { countChange: change });
    },
    [button, PATIENCE_MS] as const,
  );
  return async () => {
    const at = await window.evaluate(
      () => (globalThis as unknown as { countChange: Promise<number | null> }).countChange,
    );
    if (at === null) throw new Error(`the count of ${filter} did not change within ${PATIENCE_MS} ms`);
    return at;
  };
}

/** Patients nobody knows write one after another; from each webhook until the count has changed, milliseconds. */
async function countArrivals(clinic: TestClinicWorld, window: Page, firstNumber: number): Promise<number[]> {
  const arrivals: number[] = [];
  for (let index = 0; index < ARRIVALS; index += 1) {
    // Invented patients have Spanish numbers: these are new to the clinic, so that the count must change.
    const whatsappId = `447946${String(firstNumber + index).padStart(6, '0')}`;
    const changed = await watchCount(window, 'Recibidas');
    const sentAt = performance.timeOrigin + performance.now();
    await clinic.patientWrites({ name: `Paciente ${index}`, whatsappId }, 'Hola');
    arrivals.push((await changed()) - sentAt);
  }
  return arrivals;
}

/** Goes down the list as fast as it is read, until so many rows are held or it ends; answers how many are. */
async function scrollDeep(window: Page, wanted: number): Promise<number> {
  return window.evaluate(
    (rows) =>
      new Promise<number>((resolve) => {
        const scroller = document.querySelector('.list__scroller')!;
        const height = document.querySelector<HTMLElement>('[role=option]')!.offsetHeight;
        const step = () => {
          const held = Math.round(scroller.scrollHeight / height);
          if (held >= rows) {
            resolve(held);
            return;
          }
          scroller.scrollTop = scroller.scrollHeight;
          requestAnimationFrame(step);
        };
        step();
      }),
    wanted,
  );
}

/** Scrolls up and down without a pause and notes every frame, until told to stop. */
async function scrollAlong(window: Page): Promise<() => Promise<{ frames: number[]; rows: number }>> {
  await window.evaluate(() => {
    const scroller = document.querySelector('.list__scroller')!;
    const state = { running: true, frames: [] as number[], rows: 0 };
    let last = performance.now();
    let direction = -1;
    const step = () => {
      const now = performance.now();
      state.frames.push(now - last);
      last = now;
      state.rows = Math.max(state.rows, scroller.querySelectorAll('[role=option]').length);
      const before = scroller.scrollTop;
      scroller.scrollTop += 12 * direction;
      if (scroller.scrollTop === before) direction = -direction;
      if (state.running) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    Object.assign(globalThis, { scrolling: state });
  });
  return () =>
    window.evaluate(() => {
      const { scrolling } = globalThis as unknown as {
        scrolling: { running: boolean; frames: number[]; rows: number };
      };
      scrolling.running = false;
      return { frames: scrolling.frames, rows: scrolling.rows };
    });
}

function framesSummary({ frames, rows }: { frames: number[]; rows: number }): object {
  return {
    frames: frames.length,
    dropped: frames.filter((frame) => frame > FRAME_MS * 1.5).length,
    frameMs: summary(frames),
    rowsRenderedAtMost: rows,
  };
}

export async function run(options: BenchOptions): Promise<object> {
  const conversations = options.conversations ?? CONVERSATIONS;
  const messages = options.messages ?? conversations * MESSAGES_PER_CONVERSATION;
  await ensureBuilt(say);
  const display = await openDisplay();
  Object.assign(process.env, display.environment);
  const runtime = await resolveElectronRuntime();
  const { stop, ...server } = await startDatabaseServer();
  const clinic = await createClinicWorld(server);
  try {
    await fillClinic({ ...clinic, numberId: clinic.number.phoneNumberId }, { conversations, messages });
    const desk = await openDesk({ runtime });
    const signedInAt = performance.now();
    await desk.signIn(clinic.relay.url, clinic.agent, { withinMs: 180_000 });
    const readyMs = Math.round(performance.now() - signedInAt);
    const { window } = desk;

    say(`signed in after ${readyMs} ms; changing filters`);
    const filterSwitch = summary(await switchFilters(window));
    say('counting arrivals');
    const arrivals = await countArrivals(clinic, window, 0);
    await inbox(window).filter('Todas').click();
    const rowsHeld = await scrollDeep(window, Math.min(conversations, ROWS_HELD));
    say(`scrolling through ${rowsHeld} rows while messages arrive`);
    const stopAlone = await scrollAlong(window);
    await window.waitForFunction(
      (count) =>
        (globalThis as unknown as { scrolling: { frames: number[] } }).scrolling.frames.length >= count,
      FRAMES_ALONE,
    );
    const alone = await stopAlone();
    const stopScrolling = await scrollAlong(window);
    const arrivalsWhileScrolling = await countArrivals(clinic, window, ARRIVALS);
    const withArrivals = await stopScrolling();
    await desk.close();
    return {
      conversations,
      messages,
      signInToUpToDateMs: readyMs,
      filterSwitchMs: filterSwitch,
      arrivalToCountMs: summary(arrivals),
      arrivalToCountWhileScrollingMs: summary(arrivalsWhileScrolling),
      rowsHeld,
      scrolling: framesSummary(withArrivals),
      scrollingAlone: framesSummary(alone),
    };
  } finally {
    await clinic.close();
    await stop();
    display.stop();
  }
}
