import { checkOutgoingFile, SNIFFED_BYTES, type OutgoingFileCheck } from '@recado/protocol';
import type { CallError, FileView } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';

/** Bytes handed over at once, so that neither side holds a whole film. */
export const PIECE_BYTES = 1_048_576;

export type FileRefusal = Extract<OutgoingFileCheck, { problem: string }>;

/** What is known of a file besides its bytes. */
export interface FileFacts {
  width?: number | null;
  height?: number | null;
  durationMs?: number | null;
  waveform?: number[] | null;
}

export type Staged =
  | { ok: true; file: FileView }
  /** WhatsApp would not take it: nothing has been handed over. */
  | { ok: false; reason: 'refused'; refusal: FileRefusal }
  | { ok: false; reason: 'failed'; error: CallError }
  | { ok: false; reason: 'cancelled' };

export interface StageOptions {
  isVoice?: boolean;
  facts?: FileFacts;
  signal?: AbortSignal;
  onProgress?: (doneBytes: number) => void;
}

/** What WhatsApp would say to a file; by its own first bytes, not by its name. */
export async function checkFile(file: File): Promise<OutgoingFileCheck> {
  const head = new Uint8Array(await file.slice(0, SNIFFED_BYTES).arrayBuffer());
  return checkOutgoingFile({ fileName: file.name, mimeType: file.type, sizeBytes: file.size, head });
}

async function measure(file: File, mimeType: string): Promise<FileFacts> {
  if (!mimeType.startsWith('image/')) return {};
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    // A picture this window cannot draw may still be one.
    return {};
  }
}

/** Checks a file and hands it over to this PC's encrypted files, a piece at a time. */
export async function stageFile(client: Client, file: File, options: StageOptions = {}): Promise<Staged> {
  const { isVoice = false, signal, onProgress } = options;
  const check = await checkFile(file);
  if (check.problem !== undefined) return { ok: false, reason: 'refused', refusal: check };
  const begun = await client.call('file.begin', {
    fileName: file.name,
    mimeType: check.mimeType,
    sizeBytes: file.size,
    voice: isVoice,
  });
  if (!begun.ok) return { ok: false, reason: 'failed', error: begun.error };
  const { fileId } = begun.data;
  const discard = (): void => void client.call('file.discard', { fileId });
  for (let offset = 0; offset < file.size; offset += PIECE_BYTES) {
    const bytes = new Uint8Array(await file.slice(offset, offset + PIECE_BYTES).arrayBuffer());
    if (signal?.aborted) {
      discard();
      return { ok: false, reason: 'cancelled' };
    }
    const taken = await client.call('file.append', { fileId, offset, bytes });
    if (!taken.ok) {
      discard();
      return { ok: false, reason: 'failed', error: taken.error };
    }
    onProgress?.(offset + bytes.length);
  }
  const facts = options.facts ?? (await measure(file, check.mimeType));
  const finished = await client.call('file.finish', { fileId, ...facts });
  if (signal?.aborted) {
    discard();
    return { ok: false, reason: 'cancelled' };
  }
  return finished.ok
    ? { ok: true, file: finished.data }
    : { ok: false, reason: 'failed', error: finished.error };
}
