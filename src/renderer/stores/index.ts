export {
  createRecado,
  RecadoContext,
  useActions,
  useAppState,
  useNow,
  useRecado,
  type Recado,
} from './context.ts';
export { neighbour, visibleRows } from './inbox.reduce.ts';
export type { State, Toast } from './store.ts';
export { createDates, useDates, type Dates } from './use-dates.ts';
