import { type ChildProcess, fork } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodedError } from '@carillon/service-runtime';
import { IDLE_VOICE_MS, SYNTHESIS_LIMIT_MS } from './limits.js';
import { type SynthesisJob, SynthesisResult } from './synthesis-protocol.js';

/** An American English woman, 16 kHz. */
export const VOICE_NAME = 'slt';

/**
 * Node 20's WASI calls corrupt memory when V8 takes its fast path into them and collects garbage meanwhile, seen with
 * texts of more than a minute. A flag of V8 holds for a whole process, and so does a crash: hence a process, no thread.
 */
const VOICE_FLAGS = ['--no-turbo-fast-api-calls', '--disable-warning=ExperimentalWarning'];

/** The sentence that is being spoken. */
interface Current {
  readonly jobId: number;
  settle(): void;
  fail(error: CodedError): void;
}

const failed = (detail: string, cause?: unknown): CodedError =>
  new CodedError('PROMPTS.FAILED', `The voice could not speak: ${detail}`, undefined, { cause });

/** Speaks one sentence at a time in a process of its own, which lives while there is work. */
export class Voice {
  private child: ChildProcess | undefined;
  private idle: NodeJS.Timeout | undefined;
  private current: Current | undefined;
  private lastJob = 0;

  /** @param workDir an existing folder that this voice alone uses */
  constructor(
    private readonly workDir: string,
    private readonly limitMs = SYNTHESIS_LIMIT_MS,
  ) {}

  /**
   * Call again only after the last call has settled.
   * @returns the voice's WAV file @throws {CodedError} `PROMPTS.FAILED`
   */
  async speak(text: string): Promise<Buffer> {
    clearTimeout(this.idle);
    const file = join(this.workDir, 'speech.wav');
    await rm(file, { force: true });
    const late = setTimeout(() => this.giveUp(`no speech within ${this.limitMs / 1000} s`), this.limitMs);
    try {
      const jobId = ++this.lastJob;
      await this.ask({ jobId, text, voice: VOICE_NAME, workDir: this.workDir });
      return await readFile(file);
    } finally {
      this.current = undefined;
      clearTimeout(late);
      this.idle = setTimeout(() => this.close(), IDLE_VOICE_MS);
      this.idle.unref();
    }
  }

  /** Ends the process, and fails what it was speaking; a later `speak` starts another. Idempotent. */
  close(): void {
    clearTimeout(this.idle);
    const child = this.child;
    this.child = undefined;
    this.current?.fail(failed('it was ended'));
    child?.kill('SIGKILL');
  }

  private ask(job: SynthesisJob): Promise<void> {
    return new Promise((settle, fail) => {
      this.current = { jobId: job.jobId, settle, fail };
      this.child ??= this.start();
      this.child.send(job, (error) => {
        if (error !== null) this.giveUp('its process does not listen', error);
      });
    });
  }

  private giveUp(detail: string, cause?: unknown): void {
    this.current?.fail(failed(detail, cause));
    this.close();
  }

  private start(): ChildProcess {
    const child = fork(fileURLToPath(new URL('./voice-process.mjs', import.meta.url)), [], {
      execArgv: VOICE_FLAGS,
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const whileMine = (work: () => void): void => {
      if (this.child === child) work();
    };
    child.on('message', (message) => {
      const result = SynthesisResult.safeParse(message);
      if (!result.success || result.data.jobId !== this.current?.jobId) return;
      if (result.data.ok) this.current.settle();
      else this.current.fail(failed(result.data.detail));
    });
    child.on('error', (error) => whileMine(() => this.giveUp('its process failed', error)));
    child.on('exit', (status, signal) =>
      whileMine(() => this.giveUp(`its process ended with ${signal ?? `status ${status}`}`)),
    );
    child.unref();
    child.channel?.unref();
    return child;
  }
}
