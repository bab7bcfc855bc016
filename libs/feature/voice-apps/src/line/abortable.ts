import type { Clock } from '@carillon/service-runtime';

/** Waits for `work`, but no longer than the signal allows. What `work` does after that is nobody's concern. */
export function abortable<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((settle, fail) => {
    const aborted = (): void => fail(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(settle, fail).finally(() => signal.removeEventListener('abort', aborted));
  });
}

/** Waits for `work` for at most `limitMs`, then goes on with `instead`. */
export function within<Value, Instead>(
  clock: Clock,
  limitMs: number,
  work: Promise<Value>,
  instead: Instead,
): Promise<Value | Instead> {
  return new Promise((settle, fail) => {
    const cancel = clock.after(limitMs, () => settle(instead));
    work.then(settle, fail).finally(cancel);
  });
}
