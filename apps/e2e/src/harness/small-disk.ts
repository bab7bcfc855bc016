import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEBIBYTE = 1024 * 1024;

/** A disk of its own in memory, which can be filled to its last byte. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** @returns undefined where this system does not let us mount anything */
  static mount(mebibytes: number): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]);
    if (status === 0) {
      chmodSync(path, 0o755);
      return new SmallDisk(path);
    }
    rmdirSync(path);
    return undefined;
  }

  private get filler(): string {
    return join(this.path, 'filler');
  }

  /** Writes until nothing more fits. */
  fill(): void {
    const file = openSync(this.filler, 'w');
    const block = Buffer.alloc(MEBIBYTE);
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.filler, { force: true });
  }

  unmount(): void {
    this.free();
    spawnSync('umount', [this.path]);
    rmdirSync(this.path);
  }
}
