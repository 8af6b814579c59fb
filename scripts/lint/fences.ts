// Who may import whom, as data. docs/architecture.md explains it; scripts/lint/fences.test.ts plants a violation of each.
// Order matters nowhere: an import must satisfy every fence that applies to its file.
import type { Fence } from './fence-rule.ts';

const product = /^(src|protocol|relay)\//;
const tests = /\.test\.tsx?$|\/testing\//;
const mainRooms = ['store', 'sync', 'outbox', 'relay', 'files', 'notify', 'services', 'ipc', 'electron'];
const wiring = /^src\/main\/(core|desk|index)\.ts$/;

/** Packages, each with the only rooms that may import it. */
const packageFences: Fence[] = [
  {
    name: 'electron',
    files: product,
    except: /^src\/(main\/electron\/|main\/index\.ts$|preload\/)/,
    forbidden: { package: /^electron(-updater)?$/ },
    message:
      'Electron stays in src/main/electron, src/main/index.ts and src/preload. Describe what you need as a type in your room and let src/main/index.ts pass it in.',
  },
  {
    name: 'axios',
    files: product,
    except: /^src\/main\/relay\//,
    forbidden: { package: /^axios$/ },
    message: 'axios stays in src/main/relay. Add the call to the relay client there.',
  },
  {
    name: 'better-sqlite3',
    files: product,
    except: /^src\/main\/store\//,
    forbidden: { package: /^better-sqlite3/ },
    message:
      'SQLite stays in src/main/store. Add a question to src/main/store/interface.ts and a query behind it.',
  },
  {
    name: 'pg',
    files: /^(src|protocol)\//,
    forbidden: { package: /^pg(-.*)?$/ },
    message: 'PostgreSQL belongs to the relay. The app asks the relay over HTTP, through src/main/relay.',
  },
];

/** The deployables and the contract between them. */
const deployableFences: Fence[] = [
  {
    name: 'protocol',
    files: /^protocol\//,
    except: tests,
    allowed: { folder: /^protocol\//, package: /^(zod|uuid|libphonenumber-js)$/ },
    message:
      'The contract imports only zod, uuid and libphonenumber-js, so that both sides can use it anywhere.',
  },
  {
    name: 'relay-never-imports-src',
    files: /^relay\//,
    forbidden: { folder: /^src\// },
    message: 'The relay knows nothing of the app. What both need lives in @recado/protocol.',
  },
  {
    name: 'relay-never-imports-sandbox',
    files: /^relay\/src\//,
    except: tests,
    forbidden: { folder: /^relay\/sandbox\// },
    message:
      'The relay runs without its sandbox. The sandbox may import relay/src, never the other way round.',
  },
  {
    name: 'src-never-imports-relay',
    files: /^src\//,
    except: tests,
    forbidden: { folder: /^(relay|scripts|e2e|bench)\// },
    message: 'The app talks to the relay over HTTP only. What both need lives in @recado/protocol.',
  },
  {
    name: 'protocol-by-name',
    files: /^(src|relay|e2e|bench|scripts)\//,
    forbidden: { folder: /^protocol\// },
    message: 'Import the contract by its name, @recado/protocol.',
  },
];

/** Inside the app. */
const appFences: Fence[] = [
  {
    name: 'shared',
    files: /^src\/shared\//,
    except: tests,
    allowed: { folder: /^src\/shared\//, package: /^(zod|@recado\/protocol)$/ },
    message: 'src/shared imports only zod and @recado/protocol: it runs in main and in the window.',
  },
  {
    name: 'preload',
    files: /^src\/preload\//,
    except: tests,
    allowed: { folder: /^src\/(preload\/|shared\/contract\/names\.ts$)/, package: /^electron$/ },
    mayImportTypes: true,
    message:
      'The preload imports only electron and src/shared/contract/names: everything in it runs before the page.',
  },
  {
    name: 'renderer',
    files: /^src\/renderer\//,
    except: tests,
    forbidden: { folder: /^src\/(main|preload)\//, package: /^node:/ },
    message: 'The window reaches main through src/renderer/api only, and has no Node.',
  },
  {
    name: 'renderer-from-outside',
    files: /^src\/(main|preload)\//,
    except: tests,
    forbidden: { folder: /^src\/renderer\// },
    message: 'Nothing outside the window imports it. What both need lives in src/shared.',
  },
  {
    name: 'features',
    files: /^src\/renderer\//,
    forbidden: {
      folder: /^src\/renderer\/features\/([^/]+)\/(?!index\.tsx?$)/,
      unlessSame: /^src\/renderer\/features\/([^/]+)\//,
    },
    message:
      "A feature's insides are its own. Import features/<name>/index.ts, or move the shared part to ui, stores or api.",
  },
  ...mainRooms.map((room): Fence => ({
    name: `main-${room}`,
    files: /^src\/main\//,
    except: new RegExp(`${wiring.source}|${tests.source}|^src/main/${room}/`),
    forbidden: { folder: new RegExp(`^src/main/${room}/`) },
    mayImportTypes: true,
    message: `Rooms of main meet in src/main/core.ts. Import only types from src/main/${room}, and let core.ts pass the value in.`,
  })),
  {
    name: 'main-wiring',
    files: wiring,
    forbidden: { folder: new RegExp(`^src/main/(${mainRooms.join('|')})/[^/]+/`) },
    mayImportTypes: true,
    message: 'Wire rooms by the files at their top, not by what lies deeper inside.',
  },
  {
    name: 'main-from-below',
    files: new RegExp(`^src/main/(${[...mainRooms, 'lib'].join('|')})/`),
    except: tests,
    forbidden: { folder: wiring },
    mayImportTypes: true,
    message:
      'core.ts and index.ts import the rooms, never the other way round. Take what you need as an argument.',
  },
  {
    name: 'store-queries',
    files: /^src\/main\/store\/(queries|migrations)\//,
    except: tests,
    forbidden: { package: /^(node:(timers|http|https|net|worker_threads)|undici)/ },
    message: 'Queries and migrations know no clock, no timer and no network: take the time as an argument.',
  },
];

/** Every fence of the repository. */
export const fences: readonly Fence[] = [...packageFences, ...deployableFences, ...appFences];
