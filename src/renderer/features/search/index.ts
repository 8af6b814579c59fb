export { Finder } from './Finder.tsx';
export { SearchPane } from './SearchPane.tsx';
