import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** What is right comes within a second or two, but on a machine that others use as well. */
const PATIENCE_MS = 30_000;

/** Polls until `probe` answers something truthy. @throws Error naming `what` after `timeoutMs` */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = PATIENCE_MS, everyMs = 50 } = {},
): Promise<Exclude<NonNullable<T>, false>> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value as Exclude<NonNullable<T>, false>;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`, { cause: last });
    await sleep(everyMs);
  }
}
