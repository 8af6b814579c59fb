export { Thread } from './Thread.tsx';
export { QuotedWords } from './Quote.tsx';
