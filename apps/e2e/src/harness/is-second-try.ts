import type { TestContext } from 'vitest';

/** Whether a test has failed once and is tried again, so that `beforeEach` can undo what the first try has left. */
export function isSecondTry({ result }: TestContext['task']): boolean {
  return (result?.retryCount ?? 0) > 0;
}
