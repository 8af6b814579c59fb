/** Whoever is in the middle of a sentence takes this long to notice that something else is before them, milliseconds. */
const NOTICE_MS = 1_000;

/**
 * Swallows what is being typed until the keyboard rests for a moment: another conversation has come to the front by
 * itself, and the rest of the sentence is neither for it nor a shortcut.
 */
export function holdKeys(): void {
  let timer: ReturnType<typeof setTimeout>;
  const hold = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key.length > 1 && event.key !== 'Enter'))
      return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wait();
  };
  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(() => window.removeEventListener('keydown', hold, true), NOTICE_MS);
  }
  window.addEventListener('keydown', hold, true);
  wait();
}
