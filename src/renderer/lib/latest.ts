/** Of many questions asked one after the other, only the answer of the last one counts. */
export interface Latest {
  /** The answer, or null when something else was asked meanwhile, or nothing is wanted any more. */
  ask<Answer>(question: () => Promise<Answer>): Promise<{ answer: Answer } | null>;
  /** Whatever is still being answered is not wanted any more. */
  forget(): void;
}

export function createLatest(): Latest {
  let last = 0;
  return {
    async ask(question) {
      const mine = ++last;
      const answer = await question();
      return mine === last ? { answer } : null;
    },
    forget: () => void last++,
  };
}
