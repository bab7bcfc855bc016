import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Clock, CodedError, Health, Logger, Settings, Shutdown, isCodedError } from '@carillon/service-runtime';
import { Inject, Injectable } from '@nestjs/common';
import { LONGEST_TEXT, MOST_WAITING, RETRY_MS } from './limits.js';
import { PromptFiles } from './prompt-files.js';
import { shapeSpeech } from './shape-speech.js';
import { speakableText } from './speakable-text.js';
import { Voice } from './voice.js';
import { buildWav, parseWav } from './wav.js';

/** Turns sentences into WAV files, offline. The same text is spoken once and kept under `<data>/prompts`. */
@Injectable()
export class Prompts {
  private readonly logger: Logger;
  private readonly files: PromptFiles;
  /** One promise per file in the making: who asks for the same text waits for the same work. */
  private readonly making = new Map<string, Promise<string>>();
  private queue: Promise<unknown> = Promise.resolve();
  private ready: Promise<{ voice: Voice; workDir: string }> | undefined;
  private warming: Promise<void> = Promise.resolve();
  private closed = false;
  /** What could not be spoken last, and why; it is tried again until the voice and the disk are well. */
  private lastFailure: { readonly message: string; readonly spoken: string } | undefined;
  private cancelRetry: (() => void) | undefined;

  constructor(
    @Inject(Settings) settings: Settings,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Logger) logger: Logger,
    @Inject(Health) health: Health,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    this.logger = logger.child({ part: 'prompts' });
    this.files = new PromptFiles(join(settings.dataDir, 'prompts'));
    health.register('prompts', () =>
      this.lastFailure === undefined ? { ok: true } : { ok: false, detail: this.lastFailure.message },
    );
    shutdown.register('prompts', () => this.close());
  }

  /**
   * Speaks a sentence, or finds it spoken.
   * @returns absolute path of a WAV file: PCM16, mono, 16 kHz, trimmed, spoken parts at −16 dBFS
   * @throws {CodedError} `PROMPTS.TEXT_TOO_LONG`, `PROMPTS.NOTHING_TO_SAY` (no letter or digit that the voice knows),
   * `PROMPTS.BUSY` (too many wait), `PROMPTS.FAILED` (voice or disk; asking again tries again), `PROMPTS.CLOSED`
   */
  async text(sentence: string): Promise<string> {
    if (sentence.length > LONGEST_TEXT)
      throw new CodedError('PROMPTS.TEXT_TOO_LONG', `A prompt has at most ${LONGEST_TEXT} characters`);
    const spoken = speakableText(sentence);
    if (spoken === '') throw new CodedError('PROMPTS.NOTHING_TO_SAY', 'The text has nothing that the voice can speak');
    const path = this.files.pathOf(spoken);
    const running = this.making.get(path);
    if (running !== undefined) return running;
    const work = this.findOrMake(path, spoken).finally(() => this.making.delete(path));
    this.making.set(path, work);
    return work;
  }

  /**
   * Speaks these in the background, one at a time, so that they are there when needed. Several lists take turns.
   * Failures are logged.
   */
  warm(sentences: readonly string[]): void {
    this.warming = Promise.all([this.warming, this.speakAll(sentences)]).then(() => undefined);
  }

  /** Resolves when all that `warm` was given is spoken. */
  warmed(): Promise<void> {
    return this.warming;
  }

  /** Ends the voice; what waits fails with `PROMPTS.CLOSED`. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelRetry?.();
    const parts = await this.ready?.catch(() => undefined);
    if (parts === undefined) return;
    parts.voice.close();
    await rm(parts.workDir, { recursive: true, force: true });
  }

  private async speakAll(sentences: readonly string[]): Promise<void> {
    for (const sentence of sentences) {
      if (this.closed) return;
      try {
        await this.text(sentence);
      } catch (error) {
        if (!this.closed) this.logger.warn({ error, sentence }, 'A prompt could not be prepared');
      }
    }
  }

  private async findOrMake(path: string, spoken: string): Promise<string> {
    try {
      if (await this.files.has(path, this.clock.now())) return path;
      if (this.making.size > MOST_WAITING) throw new CodedError('PROMPTS.BUSY', 'Too many prompts wait for the voice');
      const turn = this.queue.then(() => this.make(path, spoken));
      this.queue = turn.catch(() => undefined);
      await turn;
      this.lastFailure = undefined;
      return path;
    } catch (error) {
      throw this.failure(error, spoken);
    }
  }

  private async make(path: string, spoken: string): Promise<void> {
    if (this.closed) throw new CodedError('PROMPTS.CLOSED', 'The voice has ended');
    const { voice } = await this.prepare();
    const raw = parseWav(await voice.speak(spoken));
    const shaped = raw === undefined ? undefined : shapeSpeech(raw);
    if (shaped === undefined) throw new CodedError('PROMPTS.FAILED', 'The voice gave no sound');
    await this.files.write(path, buildWav(shaped));
  }

  private failure(error: unknown, spoken: string): Error {
    if (this.closed) return new CodedError('PROMPTS.CLOSED', 'The voice has ended', undefined, { cause: error });
    const failure = isCodedError(error)
      ? error
      : new CodedError('PROMPTS.FAILED', `A prompt could not be kept: ${String(error)}`, undefined, { cause: error });
    if (failure.code === 'PROMPTS.FAILED') {
      this.lastFailure = { message: failure.message, spoken };
      this.retryLater();
    }
    this.logger.error({ error: failure }, 'A prompt could not be spoken');
    return failure;
  }

  /** Without this nothing would show that a full disk has space again until a caller needs a new sentence. */
  private retryLater(): void {
    this.cancelRetry ??= this.clock.after(RETRY_MS, () => {
      this.cancelRetry = undefined;
      if (this.lastFailure !== undefined && !this.closed) this.warm([this.lastFailure.spoken]);
    });
  }

  /** Made on first use, and again after a failure. */
  private prepare(): Promise<{ voice: Voice; workDir: string }> {
    this.ready ??= (async () => {
      await this.files.prepare(this.clock.now());
      const workDir = await this.files.makeWorkDir();
      return { voice: new Voice(workDir), workDir };
    })().catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    return this.ready;
  }
}
