import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { UNUSED_AFTER_MS } from './limits.js';
import { VOICE_NAME } from './voice.js';

/** Changes when the shaping changes, so that old files are made anew. */
const SHAPE_VERSION = 1;
/** How often a file's time of last use is written. */
const TOUCH_MS = 24 * 3600_000;
const WORK_PREFIX = '.work-';

/** The folder of spoken prompts, one file per text, named by its hash. */
export class PromptFiles {
  constructor(private readonly folder: string) {}

  /** Makes the folder, and deletes what a killed process left and what nobody has asked for in a long time. */
  async prepare(now: number): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      const leftover = name.startsWith(WORK_PREFIX) || name.endsWith('.part');
      if (leftover || now - (await stat(path)).mtimeMs > UNUSED_AFTER_MS)
        await rm(path, { recursive: true, force: true });
    }
  }

  /** A new folder for the voice's intermediate files. */
  async makeWorkDir(): Promise<string> {
    const path = join(this.folder, `${WORK_PREFIX}${randomUUID()}`);
    await mkdir(path, { recursive: true });
    return path;
  }

  pathOf(spoken: string): string {
    const hash = createHash('sha256').update(`${SHAPE_VERSION}\n${VOICE_NAME}\n${spoken}`).digest('hex');
    return join(this.folder, `${hash.slice(0, 40)}.wav`);
  }

  /** Is the file there? Marks it as used. */
  async has(path: string, now: number): Promise<boolean> {
    try {
      const { mtimeMs, size } = await stat(path);
      if (now - mtimeMs > TOUCH_MS) await utimes(path, now / 1000, now / 1000);
      return size > 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  /** Writes the file so that it appears whole, even after a crash. */
  async write(path: string, wav: Uint8Array): Promise<void> {
    const part = `${path}.${randomUUID()}.part`;
    try {
      const file = await open(part, 'wx');
      try {
        await file.writeFile(wav);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }
}
