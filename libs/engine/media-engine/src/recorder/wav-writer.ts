import { mkdir, open, rename, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buildWavHeader, WAV_HEADER_LENGTH } from '../player/wav-header.js';

/**
 * Writes `<path>.part` and renames it at the end. After each chunk the header is brought up to date and the file is
 * flushed to the disk, so that what a killed process leaves behind is a WAV that plays.
 */
export class WavWriter {
  private dataLength = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly sampleRate: number,
  ) {}

  static async create(path: string, sampleRate: number): Promise<WavWriter> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(partOf(path), 'w', 0o640);
    try {
      await file.write(buildWavHeader(sampleRate, 0), 0, WAV_HEADER_LENGTH, 0);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new WavWriter(file, path, sampleRate);
  }

  /** Appends samples, then the header, then flushes. On failure the file ends where it last was whole. */
  async append(samples: Int16Array): Promise<void> {
    // RIFF is little-endian, and so is every platform that Node runs on.
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    let written = 0;
    while (written < bytes.length) {
      const at = WAV_HEADER_LENGTH + this.dataLength + written;
      written += (await this.file.write(bytes, written, bytes.length - written, at)).bytesWritten;
    }
    this.dataLength += bytes.length;
    await this.writeHeader();
    await this.file.datasync();
  }

  get durationMs(): number {
    return Math.round((this.dataLength / 2 / this.sampleRate) * 1000);
  }

  /** Puts the file into its place. */
  async finish(): Promise<void> {
    await this.file.truncate(WAV_HEADER_LENGTH + this.dataLength);
    await this.writeHeader();
    await this.file.sync();
    await this.file.close();
    await rename(partOf(this.path), this.path);
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.file.close();
    await unlink(partOf(this.path));
  }

  private async writeHeader(): Promise<void> {
    await this.file.write(buildWavHeader(this.sampleRate, this.dataLength), 0, WAV_HEADER_LENGTH, 0);
  }
}

function partOf(path: string): string {
  return `${path}.part`;
}
