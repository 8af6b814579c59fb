import type { Migration } from '../migrate.ts';
import { firstTables } from './0010-first-tables.ts';
import { sharedInbox } from './0020-shared-inbox.ts';
import { filesAndSearch } from './0030-files-and-search.ts';
import { patientData } from './0050-patient-data.ts';
import { silentBots } from './0060-silent-bots.ts';
import { blocks } from './0070-blocks.ts';

/** Every migration, oldest first. Append only; numbers grow by ten. */
export const MIGRATIONS: readonly Migration[] = [
  firstTables,
  sharedInbox,
  filesAndSearch,
  patientData,
  silentBots,
  blocks,
];
