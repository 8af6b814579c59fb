/** Files of the clinic on this PC: encrypted, on their way to the relay, or kept to be shown again offline. */
import type { TransferView } from '../../shared/contract/index.ts';
import type { Outcome } from '../relay/interface.ts';
import type { LocalFile } from '../store/interface.ts';
import type { OutgoingFileCheck, OutgoingMedia } from '@recado/protocol';

/** Bytes of a file from `start` up to and without `end`. */
export interface OpenFile {
  sizeBytes: number;
  read(start: number, end: number): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

export interface FileWriter {
  size(): number;
  append(bytes: Uint8Array): Promise<void>;
  /** All of it is there: from now on `open` finds it. */
  finish(): Promise<void>;
  /** Lets go; what came so far stays to be gone on with, if it is of the cache, and goes otherwise. */
  stop(): Promise<void>;
  /** Nothing of it stays. */
  discard(): Promise<void>;
}

export interface FileStore {
  /** Makes the folders and clears what a crash has left. */
  prepare(): Promise<void>;
  /** `own` files stay until they are discarded; the `cache` may lose any of its own. */
  create(id: string, place: 'own' | 'cache'): Promise<FileWriter>;
  /** Goes on with a file of the cache that was stopped; `onBytes` gets what is there. Null when there is none. */
  resume(id: string, onBytes: (bytes: Uint8Array) => void): Promise<FileWriter | null>;
  /** Null when it is not here, or cannot be read any more (it is then forgotten). */
  open(id: string): Promise<OpenFile | null>;
  has(id: string): Promise<boolean>;
  discard(id: string): Promise<void>;
  /** An own file nobody needs any more for sending; it may still be shown. */
  moveToCache(id: string): Promise<void>;
  /** What all of it takes up on the disk, bytes. */
  usedBytes(): Promise<number>;
  /** Deletes what was used longest ago until the cache is within its budget. */
  trim(): Promise<void>;
  /** Lets go of every open file. */
  close(): Promise<void>;
}

/** Why a call about a file was not done; codes of the contract. */
export type FileRefusal =
  | { code: 'not_found' | 'invalid_input' | 'file_not_ready' | 'disk_full' }
  | { code: 'file_refused'; problem: NonNullable<OutgoingFileCheck['problem']> };
export type FileResult<Value> = { ok: true; value: Value } | { ok: false; refusal: FileRefusal };

/** Takes a chosen, dropped, pasted or recorded file, a piece at a time. */
export interface FileIntake {
  begin(file: {
    fileName: string;
    mimeType: string;
    sizeBytes: number;
    voice: boolean;
  }): Promise<FileResult<{ fileId: string }>>;
  append(input: { fileId: string; offset: number; bytes: Uint8Array }): Promise<FileResult<null>>;
  finish(
    input: { fileId: string } & Pick<OutgoingMedia, 'width' | 'height' | 'durationMs' | 'waveform'>,
  ): Promise<FileResult<LocalFile>>;
  /** Harmless for a file that is gone, or that something still needs. */
  discard(input: { fileId: string }): Promise<void>;
  /** Throws away files nothing names any more; those that were sent become part of the cache. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

export interface Uploader {
  /** Resolves when all are at the relay. `refused`: one of them never will be. */
  ensureUploaded(media: OutgoingMedia[], signal: AbortSignal): Promise<Outcome<null>>;
  transfers(): TransferView[];
}

export type MediaFailure =
  /** No message or saved text names it, or the relay no longer has it. */
  | 'not_found'
  /** Not here, and the relay cannot be reached now. */
  | 'offline'
  | 'disk_full';

export type OpenedMedia =
  | { ok: true; mimeType: string; fileName: string | null; file: OpenFile }
  | { ok: false; reason: MediaFailure };

export interface MediaCache {
  /** A file of this PC or of the cache; brought from the relay first when it is neither. To be closed. */
  open(mediaId: string): Promise<OpenedMedia>;
  /** Sees that it is here; null when it is. */
  fetch(mediaId: string): Promise<MediaFailure | null>;
  /** Ends every download; what came so far is gone on with next time. */
  close(): Promise<void>;
}
