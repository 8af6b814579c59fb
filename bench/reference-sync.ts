import { API_BASE } from '@recado/protocol';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import { historyPath, SNAPSHOT_PATH } from './recording.ts';

async function fetchText(url: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, resolve).on('error', reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response.pipe(createGunzip())) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Where the next page begins, from the last line of an answer; null at the end. */
const beforeOf = (text: string): number | null => {
  const last = text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
  return (JSON.parse(last) as { before?: number | null }).before ?? null;
};

/**
 * The hand-minimal sync, see reference-writer.ts: the next answer is fetched while the last one is being written. How
 * long it took from the first request until everything is committed and the log is in the file.
 */
export async function runReference(
  url: string,
  folder: string,
): Promise<{ seconds: number; messages: number }> {
  const worker = new Worker(new URL('./reference-writer.ts', import.meta.url), {
    workerData: { file: join(folder, 'reference.db'), key: randomBytes(32) },
  });
  const next = async () => ((await once(worker, 'message')) as [unknown])[0];
  await next();
  const startedAt = performance.now();
  await fetch(`${url}${API_BASE}/sessions`, { method: 'POST' });
  let text = await fetchText(`${url}${SNAPSHOT_PATH}`);
  for (let path: string | null = historyPath(null); ;) {
    const written = next();
    worker.postMessage({ text });
    if (path === null) {
      await written;
      break;
    }
    const fetched: Promise<string> = fetchText(`${url}${path}`);
    const fetchedText = await fetched;
    await written;
    text = fetchedText;
    const before = beforeOf(text);
    path = before === null ? null : historyPath(before);
  }
  const closed = next();
  worker.postMessage('close');
  const { held } = (await closed) as { held: number };
  const seconds = (performance.now() - startedAt) / 1_000;
  await once(worker, 'exit');
  return { seconds, messages: held };
}
