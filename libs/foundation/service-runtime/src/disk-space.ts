import { statfs } from 'node:fs/promises';
import type { HealthState } from './health.js';
import type { Logger } from './logger.js';

const MEBIBYTE = 1024 * 1024;
/** Below this, recordings and the database are about to fail. */
export const LEAST_FREE_BYTES = 256 * MEBIBYTE;

/** How many bytes an unprivileged process may still write under `path`. */
export async function readFreeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Watches the free space under the data directory. Ask `isLow` before a long write such as a recording. */
export class DiskSpace {
  private low = false;

  /** @param readFree free bytes; injected so that tests can fill a disk */
  constructor(
    private readonly logger: Logger,
    private readonly readFree: () => Promise<number>,
    private readonly leastFreeBytes = LEAST_FREE_BYTES,
  ) {}

  /** The last check's finding. */
  get isLow(): boolean {
    return this.low;
  }

  /** The health check. One log line when it turns red, one when it recovers. */
  async check(): Promise<HealthState> {
    const free = await this.readFree();
    const low = free < this.leastFreeBytes;
    const detail = `${Math.floor(free / MEBIBYTE)} MiB free`;
    if (low && !this.low)
      this.logger.error(
        { freeBytes: free },
        `The disk is nearly full (${detail}): recordings and messages may be lost. Free some space.`,
      );
    if (!low && this.low) this.logger.info({ freeBytes: free }, `The disk has space again (${detail})`);
    this.low = low;
    return { ok: !low, detail };
  }
}
