import { useEffect } from 'react';
import { fold } from '../../../shared/search-text.ts';

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Where in a text the words begin that one of `folded` begins, and where they end. */
export function matchesIn(text: string, folded: readonly string[]): [start: number, end: number][] {
  return [...text.matchAll(WORD)].flatMap((match): [number, number][] => {
    const word = fold(match[0]);
    return folded.some((each) => word.startsWith(each)) ? [[match.index, match.index + match[0].length]] : [];
  });
}

function rangesIn(root: Element, folded: readonly string[]): Range[] {
  const ranges: Range[] = [];
  for (const bubble of root.querySelectorAll('.bubble')) {
    const walker = document.createTreeWalker(bubble, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (const [start, end] of matchesIn(node.nodeValue ?? '', folded)) {
        const range = new Range();
        range.setStart(node, start);
        range.setEnd(node, end);
        ranges.push(range);
      }
    }
  }
  return ranges;
}

/**
 * Marks words in the messages on screen without touching them: the browser paints over what React has drawn.
 * https://developer.mozilla.org/docs/Web/API/CSS_Custom_Highlight_API
 */
export function useMarkedWords(name: 'found' | 'found-here', folded: readonly string[]): void {
  const key = folded.join(' ');
  useEffect(() => {
    if (key === '') return undefined;
    const words = key.split(' ');
    let frame = 0;
    const mark = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const feed = document.querySelector('[role="feed"]');
        if (feed) CSS.highlights.set(name, new Highlight(...rangesIn(feed, words)));
        else CSS.highlights.delete(name);
      });
    };
    // Messages come and go as one scrolls.
    const observer = new MutationObserver(mark);
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    mark();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      CSS.highlights.delete(name);
    };
  }, [key, name]);
}
