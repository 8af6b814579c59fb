/** The little of the store that files need, in memory. */
import type { LocalFile } from '../store/interface.ts';

export function createLocalFiles() {
  const rows = new Map<string, LocalFile>();
  const used = new Set<string>();
  return {
    rows,
    /** Files a draft, a message or a saved text names. */
    used,
    read: {
      localFile: async ({ fileId }: { fileId: string }) => rows.get(fileId) ?? null,
      unusedFiles: async ({ addedBefore }: { addedBefore: number }) => ({
        fileIds: [...rows.values()]
          .filter(({ fileId, addedAt }) => addedAt < addedBefore && !used.has(fileId))
          .map(({ fileId }) => fileId),
      }),
    },
    write: {
      putLocalFile: async ({ file }: { file: LocalFile }) => {
        rows.set(file.fileId, file);
      },
      removeLocalFile: async ({ fileId }: { fileId: string }) => {
        rows.delete(fileId);
      },
      markUploaded: async ({ fileId }: { fileId: string }) => {
        const row = rows.get(fileId);
        if (row !== undefined) rows.set(fileId, { ...row, isUploaded: true });
      },
    },
  };
}
export type LocalFiles = ReturnType<typeof createLocalFiles>;
