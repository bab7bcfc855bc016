import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** Polls until `probe` answers something truthy. @throws Error naming `what` after `timeoutMs` */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 15_000, everyMs = 50 } = {},
): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`, { cause: last });
    await sleep(everyMs);
  }
}
