/**
 * How long a patient's message takes from webhook to window: signed webhook posted → text painted in the list of the
 * real app, over a real relay and PostgreSQL. Beside it, in the same run, the least any desktop app could take: a bare
 * HTTP server that pushes the same text over server-sent events into an empty Electron window.
 */
import type { Page } from '@playwright/test';
import { createClinicWorld } from '../e2e/support/clinic.ts';
import { openDesk } from '../e2e/support/desk.ts';
import { startDatabaseServer } from '../relay/sandbox/testing/database.ts';
import { openDisplay } from '../scripts/display.ts';
import { resolveElectronRuntime } from '../scripts/electron-runtime.ts';
import { openBareWindow } from './bare-window.ts';
import type { BenchOptions } from './run.ts';
import { paintedAt, watchPaint } from './paint.ts';
import { rounded, summary } from './statistics.ts';

const MESSAGES = 200;
const WARM_UP = 10;
const PATIENTS = 20;

/** Sends one message after another and measures each from just before the request. */
async function measure(
  page: Page,
  count: number,
  send: (text: string, index: number) => Promise<void>,
): Promise<number[]> {
  await watchPaint(page);
  const samples: number[] = [];
  for (let index = 0; index < count + WARM_UP; index += 1) {
    const marker = `medida-${index}-fin`;
    const sentAt = performance.timeOrigin + performance.now();
    await send(marker, index);
    const latency = (await paintedAt(page, marker)) - sentAt;
    if (index >= WARM_UP) samples.push(latency);
  }
  return samples;
}

export async function run({ messages: wanted }: BenchOptions): Promise<object> {
  const messages = wanted ?? MESSAGES;
  const display = await openDisplay();
  Object.assign(process.env, display.environment);
  const runtime = await resolveElectronRuntime();
  const { stop, ...server } = await startDatabaseServer();
  const clinic = await createClinicWorld(server);
  try {
    const desk = await openDesk({ runtime });
    await desk.signIn(clinic.relay.url, clinic.agent);
    const ours = await measure(desk.window, messages, (text, index) =>
      clinic.patientWrites(
        {
          name: `Paciente ${index % PATIENTS}`,
          whatsappId: `346001${String(index % PATIENTS).padStart(5, '0')}`,
        },
        text,
      ),
    );
    await desk.close();

    const bare = await openBareWindow(runtime);
    const reference = await measure(bare.window, messages, bare.send);
    await bare.close();

    const result = summary(ours);
    const least = summary(reference);
    return {
      messages,
      milliseconds: result,
      reference: least,
      ratio: { p50: rounded(result.p50 / least.p50), p95: rounded(result.p95 / least.p95) },
      aim: { p95: 150, met: result.p95 < 150 },
    };
  } finally {
    await clinic.close();
    await stop();
    display.stop();
  }
}
