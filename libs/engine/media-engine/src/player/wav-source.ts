import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { PcmSource } from './pcm-source.js';
import { parseWavHeader, WAV_HEADER_SEARCH_OCTETS } from './wav-header.js';
import type { WavFormat } from './wav-header.js';

const CHUNK_OCTETS = 65_536;

/** Octets at a position, from a file or from memory. */
interface OctetReader {
  readAt(into: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** A WAV that is read ahead in chunks: the tick never waits for the disk. Channels are averaged to mono. */
export class WavSource implements PcmSource {
  private format: WavFormat = { sampleRate: 8000, channels: 1, dataOffset: 0, dataLength: 0 };
  private reader: OctetReader | null = null;
  private chunk: DataView | null = null;
  private chunkAt = 0;
  private position = 0;
  private end = 0;
  private loading = false;
  private atEnd = false;
  private generation = 0;
  private nextChunk: DataView | null = null;
  private failure: Error | null = null;

  private constructor(private readonly openReader: () => Promise<OctetReader>) {}

  static fromFile(path: string): WavSource {
    return new WavSource(async () => new FileReader(await open(path, 'r')));
  }

  static fromMemory(wav: Uint8Array): WavSource {
    return new WavSource(async () => new MemoryReader(wav));
  }

  get sampleRate(): number {
    return this.format.sampleRate;
  }

  async open(): Promise<void> {
    this.reader = await this.openReader();
    const head = new Uint8Array(WAV_HEADER_SEARCH_OCTETS);
    const length = await this.reader.readAt(head, 0);
    const header = parseWavHeader(head.subarray(0, length));
    if (!header.ok) throw new Error(`Not a playable WAV: ${header.code} at octet ${header.offset}.`);
    this.format = header.format;
    this.end = header.format.dataOffset + header.format.dataLength;
    this.rewind();
  }

  rewind(): void {
    this.generation += 1;
    this.position = this.format.dataOffset;
    this.chunk = null;
    this.nextChunk = null;
    this.chunkAt = 0;
    this.atEnd = false;
    this.loading = false;
    this.load();
  }

  read(into: Int16Array): number | 'wait' {
    const blockOctets = this.format.channels * 2;
    let written = 0;
    while (written < into.length) {
      if (this.chunk === null || this.chunkAt + blockOctets > this.chunk.byteLength) {
        if (!this.advance()) break;
        continue;
      }
      into[written] = this.readSample(this.chunk, this.chunkAt);
      written += 1;
      this.chunkAt += blockOctets;
    }
    if (this.failure !== null) throw this.failure;
    return written === 0 && !this.atEnd ? 'wait' : written;
  }

  async close(): Promise<void> {
    this.generation += 1;
    const { reader } = this;
    this.reader = null;
    await reader?.close();
  }

  private readSample(chunk: DataView, at: number): number {
    const { channels } = this.format;
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += chunk.getInt16(at + channel * 2, true);
    return sum / channels;
  }

  private advance(): boolean {
    if (this.nextChunk === null) return false;
    this.chunk = this.nextChunk;
    this.nextChunk = null;
    this.chunkAt = 0;
    this.load();
    return true;
  }

  private load(): void {
    const { reader, generation } = this;
    if (this.loading || reader === null) return;
    const blockOctets = this.format.channels * 2;
    const wanted = Math.min(CHUNK_OCTETS - (CHUNK_OCTETS % blockOctets), this.end - this.position);
    if (wanted < blockOctets) {
      this.atEnd = true;
      return;
    }
    this.loading = true;
    const bytes = new Uint8Array(wanted);
    reader.readAt(bytes, this.position).then(
      (length) => {
        if (generation !== this.generation) return;
        this.loading = false;
        this.position += length;
        if (length < blockOctets) this.atEnd = true;
        else this.nextChunk = new DataView(bytes.buffer, 0, length);
      },
      (error: unknown) => {
        if (generation !== this.generation) return;
        this.failure = error instanceof Error ? error : new Error(String(error));
      },
    );
  }
}

class FileReader implements OctetReader {
  constructor(private readonly file: FileHandle) {}

  async readAt(into: Uint8Array, position: number): Promise<number> {
    let total = 0;
    while (total < into.length) {
      const { bytesRead } = await this.file.read(into, total, into.length - total, position + total);
      if (bytesRead === 0) break;
      total += bytesRead;
    }
    return total;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

class MemoryReader implements OctetReader {
  constructor(private readonly bytes: Uint8Array) {}

  async readAt(into: Uint8Array, position: number): Promise<number> {
    const part = this.bytes.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  async close(): Promise<void> {
    // Memory needs no closing.
  }
}
