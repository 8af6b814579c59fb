/**
 * The list at full size: changing the filter, counting again, and a message arriving while somebody scrolls. All of it
 * in the real app, over a relay with as many conversations as asked for.
 */
import type { Page } from '@playwright/test';
import { createClinicWorld, type TestClinicWorld } from '../e2e/support/clinic.ts';
import { openDesk } from '../e2e/support/desk.ts';
import { inbox } from '../e2e/support/inbox.ts';
import { createRandom } from '../relay/sandbox/random.ts';
import { generateHistory } from '../relay/sandbox/seed/generate-history.ts';
import { startDatabaseServer } from '../relay/sandbox/testing/database.ts';
import { createDatabase } from '../relay/src/db/database.ts';
import { openDisplay } from '../scripts/display.ts';
import { resolveElectronRuntime } from '../scripts/electron-runtime.ts';
import type { BenchOptions } from './run.ts';
import { summary } from './statistics.ts';

const CONVERSATIONS = 20_000;
const MESSAGES_PER_CONVERSATION = 5;
const SWITCHES = 40;
const ARRIVALS = 30;
const FILTERS = ['Cerradas', 'Caducadas', 'Con bot activado', 'Recibidas'];
/** A frame that took longer than this was dropped by a 60 Hz screen. */
const FRAME_MS = 1_000 / 60;

async function fill(clinic: TestClinicWorld, conversations: number, messages: number): Promise<void> {
  const database = createDatabase({ url: clinic.databaseUrl, poolSize: 2 });
  await generateHistory(
    {
      database,
      clinicId: clinic.clinicId,
      numberId: clinic.number.phoneNumberId,
      agents: clinic.agents,
      random: createRandom('bench'),
      now: Date.now(),
    },
    { conversations, messages },
  );
  await database.close();
}

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

/** When the count beside a filter changes on screen, milliseconds since the epoch. */
async function countChanges(window: Page, filter: string): Promise<number> {
  const button = await inbox(window).filter(filter).elementHandle();
  return window.evaluate(
    (element) =>
      new Promise<number>((resolve) => {
        const before = element!.textContent;
        const look = () => {
          if (element!.textContent === before) requestAnimationFrame(look);
          else resolve(performance.timeOrigin + performance.now());
        };
        look();
      }),
    button,
  );
}

/** Scrolls without a pause and notes every frame, until told to stop. */
async function scrollAlong(window: Page): Promise<() => Promise<{ frames: number[]; rows: number }>> {
  await window.evaluate(() => {
    const list = document.querySelector('[role=listbox]')!;
    let scroller: Element = list;
    while (scroller.scrollHeight <= scroller.clientHeight && scroller.parentElement)
      scroller = scroller.parentElement;
    const state = { running: true, frames: [] as number[], rows: 0 };
    let last = performance.now();
    const step = () => {
      const now = performance.now();
      state.frames.push(now - last);
      last = now;
      state.rows = Math.max(state.rows, list.querySelectorAll('[role=option]').length);
      scroller.scrollTop += 12;
      if (scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight) scroller.scrollTop = 0;
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

const say = (line: string) => void process.stderr.write(`${line}\n`);

export async function run(options: BenchOptions): Promise<object> {
  const conversations = options.conversations ?? CONVERSATIONS;
  const messages = options.messages ?? conversations * MESSAGES_PER_CONVERSATION;
  const display = await openDisplay();
  Object.assign(process.env, display.environment);
  const runtime = await resolveElectronRuntime();
  const { stop, ...server } = await startDatabaseServer();
  const clinic = await createClinicWorld(server);
  try {
    say(`inventing ${conversations} conversations`);
    await fill(clinic, conversations, messages);
    const desk = await openDesk({ runtime });
    const signedInAt = performance.now();
    await desk.signIn(clinic.relay.url, clinic.agent, { withinMs: 180_000 });
    const readyMs = Math.round(performance.now() - signedInAt);
    const { window } = desk;

    say(`signed in after ${readyMs} ms; changing filters`);
    const filterSwitch = summary(await switchFilters(window));
    await inbox(window).filter('Todas').click();
    say('scrolling while messages arrive');
    const stopScrolling = await scrollAlong(window);
    const arrivals: number[] = [];
    for (let index = 0; index < ARRIVALS; index += 1) {
      const counted = countChanges(window, 'Recibidas');
      const sentAt = performance.timeOrigin + performance.now();
      // Invented patients have Spanish numbers: these are new to the clinic, so that the count must change.
      const whatsappId = `447946000${String(index).padStart(3, '0')}`;
      await clinic.patientWrites({ name: `Paciente ${index}`, whatsappId }, 'Hola');
      arrivals.push((await counted) - sentAt);
    }
    const { frames, rows } = await stopScrolling();
    await desk.close();
    return {
      conversations,
      messages,
      signInToUpToDateMs: readyMs,
      filterSwitchMs: filterSwitch,
      arrivalToCountWhileScrollingMs: summary(arrivals),
      scrolling: {
        frames: frames.length,
        dropped: frames.filter((frame) => frame > FRAME_MS * 1.5).length,
        frameMs: summary(frames),
        rowsRenderedAtMost: rows,
      },
    };
  } finally {
    await clinic.close();
    await stop();
    display.stop();
  }
}
