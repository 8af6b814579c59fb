/** The store as the rest of main holds it: its threads, calls by name. Knows nothing of SQLite. */
import type { AuditName, Store, StoreOpened, StoreOptions, StoreReads, StoreWrites } from './interface.ts';
import { startThread, superviseThread, type Caller } from './threads.ts';

/** Every one by name: the compiler misses none. */
const READS = {
  inboxPage: true,
  inboxCounts: true,
  inboxMatch: true,
  matchingConversations: true,
  directory: true,
  conversationStates: true,
  answerAfter: true,
  conversationDetail: true,
  appointments: true,
  appointment: true,
  threadPage: true,
  mediaPage: true,
  mediaFacts: true,
  templates: true,
  unsentCommand: true,
  localFile: true,
  unusedFiles: true,
  nextHeld: true,
  search: true,
  nextExpiry: true,
  notifiable: true,
  expiring: true,
  syncState: true,
  outboxCounts: true,
  localValue: true,
} satisfies Record<Exclude<keyof StoreReads, AuditName>, true>;

const AUDITS = ['checksums', 'storage'] as const satisfies readonly AuditName[];

const WRITES = {
  setAgent: true,
  beginSnapshot: true,
  applySnapshot: true,
  endSnapshot: true,
  applyChanges: true,
  applyHistory: true,
  applyThread: true,
  restartHistory: true,
  forgetMessages: true,
  rebuildSearch: true,
  enqueueCommands: true,
  undoCommands: true,
  takeOutbox: true,
  recordOutboxResults: true,
  returnOutbox: true,
  discardMessage: true,
  retryRefused: true,
  saveDraft: true,
  putLocalFile: true,
  removeLocalFile: true,
  markUploaded: true,
  rereadUnreadable: true,
  setLocalValue: true,
  checkpoint: true,
} satisfies Record<keyof StoreWrites, true>;

/** After opening there is more urgent work than looking for damage. */
const VERIFY_AFTER_MS = 60_000;

function createMethods(call: Caller, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, (input: unknown) => call(name, input)]));
}

/** A thread for the time of one call: what reads whole tables is asked rarely and needs no memory in between. */
function createAuditor(options: StoreOptions) {
  const running = new Set<Promise<unknown>>();
  let isClosed = false;
  const call: Caller = async (name, input) => {
    const thread = startThread(options, { role: 'auditor' });
    try {
      const opened = await thread.opened;
      return await thread.call(name, input, opened.type === 'refused' || isClosed);
    } finally {
      await thread.close();
    }
  };
  return {
    call: (name: string, input: unknown): Promise<unknown> => {
      const answer = call(name, input);
      const settled = answer
        .catch(() => undefined)
        .finally(() => {
          running.delete(settled);
        });
      running.add(settled);
      return answer;
    },
    close: async () => {
      isClosed = true;
      await Promise.all(running);
    },
  };
}

/** Looks for damage some time after opening; answers how to call it off. */
function verifyLater(options: StoreOptions, verify: Store['verify']): () => void {
  const timer = setTimeout(() => {
    verify({ full: false }).then(
      ({ intact }) => {
        if (!intact) options.onDamaged?.();
      },
      // Closed meanwhile, or the file cannot be opened a second time: neither says anything of its pages.
      () => undefined,
    );
  }, options.verifyAfterMs ?? VERIFY_AFTER_MS);
  timer.unref();
  return () => {
    clearTimeout(timer);
  };
}

/**
 * Opens the encrypted database, creating it when missing, and starts the writer and the reader. A file that cannot be
 * read is set aside and a fresh one begun: see `recovered`.
 */
export async function createStore(options: StoreOptions): Promise<StoreOpened> {
  const writer = superviseThread(options, { role: 'writer', rebuild: options.rebuild === true });
  const written = await writer.opened;
  if (written.type === 'refused') {
    await writer.close();
    return { ok: false, failure: written.failure };
  }
  const reader = superviseThread(options, { role: 'reader' });
  const readable = await reader.opened.catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  if (readable.type === 'refused') {
    await Promise.all([writer.close(), reader.close()]);
    return { ok: false, failure: readable.failure };
  }
  const auditor = createAuditor(options);
  const verify: Store['verify'] = async (input) => {
    const startedAt = performance.now();
    const { intact } = (await auditor.call('verify', input)) as { intact: boolean };
    options.log('store.verified', {
      full: input.full,
      intact,
      durationMs: Math.round(performance.now() - startedAt),
    });
    return { intact };
  };
  const callOff = verifyLater(options, verify);
  const store: Store = {
    read: {
      ...createMethods(reader.call, Object.keys(READS)),
      ...createMethods(auditor.call, AUDITS),
    } as Store['read'],
    write: createMethods(writer.call, Object.keys(WRITES)) as Store['write'],
    verify,
    close: async () => {
      callOff();
      // The writer last: the last one to close empties the log into the file.
      await Promise.all([auditor.close(), reader.close()]);
      await writer.close();
    },
  };
  return { ok: true, store, recovered: written.recovered };
}
