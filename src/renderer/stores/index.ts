export {
  createRecado,
  RecadoContext,
  useActions,
  useAppState,
  useNow,
  useRecado,
  type Recado,
} from './context.ts';
export {
  aimCount,
  aimOfSelection,
  findSubject,
  subjectOfDetail,
  subjectsOf,
  these,
  type Aim,
  type Subject,
} from './aim.ts';
export {
  emptyDraft,
  isEmptyDraft,
  UNDO_SEND_MS,
  type Draft,
  type Over,
  type RefusedFile,
  type TakingIn,
} from './answering-state.ts';
export { filterCount, INITIAL_QUERY, isNarrowed, isTouched } from './inbox-query.ts';
export { neighbour, visibleRows } from './inbox.reduce.ts';
export {
  extend,
  isSelected,
  NAMED_LIMIT,
  noSelection,
  selectAll,
  selectedCount,
  toggle,
  type Selection,
} from './selection.ts';
export { suggestionFactsOf } from './suggestion-facts.ts';
export { SETTINGS_SECTIONS, type Question, type SettingsSection, type State, type Toast } from './store.ts';
export { newestOrdinal } from './thread.reduce.ts';
export { createDates, useDates, type Dates } from './use-dates.ts';
