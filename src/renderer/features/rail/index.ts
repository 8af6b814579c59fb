export { FILTERS } from './filters.ts';
export { Rail } from './Rail.tsx';
export { syncWords } from './sync-words.ts';
