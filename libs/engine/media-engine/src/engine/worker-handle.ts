import { Worker } from 'node:worker_threads';
import type { AudioEngineEvent } from '../api/events.js';
import type { ToldMethod, WorkerApi, WorkerMethod } from '../worker/worker-api.js';
import { CommandRing } from '../worker/command-ring.js';
import { NOBODY_WAITS, type WorkerCommand, type WorkerReport, type WorkerSetUp } from '../worker/worker-message.js';

/** A worker that has not shown a pulse for so long hangs, and is replaced. */
const PULSE_TIMEOUT_MS = 10_000;
const START_TIMEOUT_MS = 30_000;
/** After so long the ring is looked at again that had no room. */
const RETRY_MS = 5;

/** A command that could not be carried out because its thread is gone, or failed inside it. */
export class WorkerCallError extends Error {
  constructor(
    readonly code: 'MEDIA.WORKER_LOST' | 'MEDIA.INTERNAL',
    message: string,
  ) {
    super(message);
    this.name = 'WorkerCallError';
  }
}

/** What each thread is started with. */
export type WorkerOptions = Omit<WorkerSetUp, 'ring'>;

export interface WorkerHandlers {
  onEvent(event: AudioEngineEvent): void;
  /** What the thread was told to do with an endpoint could not be done. */
  onRefused(endpointId: string, detail: string): void;
  /** The thread ended although nobody asked it to. Called once. */
  onLost(detail: string): void;
}

interface PendingCall {
  resolve(result: unknown): void;
  reject(error: WorkerCallError): void;
}

/** One worker thread, seen from the engine: typed calls, events, and a watch over its life. */
export class WorkerHandle {
  tickLateMs = 0;
  private readonly pending = new Map<number, PendingCall>();
  private outbox: WorkerCommand[] = [];
  private flushing = false;
  private waking = false;
  private nextId = 1;
  private lastPulseMs = performance.now();
  private ended = false;
  private failure: string | null = null;
  private watch: NodeJS.Timeout | null = null;

  private constructor(
    private readonly worker: Worker,
    private readonly ring: CommandRing,
    private readonly handlers: WorkerHandlers,
  ) {
    worker.on('message', (reports: readonly WorkerReport[]) => {
      for (const report of reports) this.receive(report);
    });
    worker.on('error', (error: unknown) => {
      this.failure = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => this.onExit(code));
  }

  /** Starts the thread; rejects when it does not become ready. */
  static async start(options: WorkerOptions, handlers: WorkerHandlers): Promise<WorkerHandle> {
    const ring = new CommandRing();
    const setUp: WorkerSetUp = { ...options, ring: ring.memory };
    // From source the file is TypeScript and the thread inherits the flags that run it.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`../worker/audio-worker.${extension}`, import.meta.url), { workerData: setUp });
    await untilReady(worker);
    const handle = new WorkerHandle(worker, ring, handlers);
    handle.watch = setInterval(() => handle.checkPulse(), PULSE_TIMEOUT_MS / 4);
    handle.watch.unref();
    return handle;
  }

  /** Rejects with `WorkerCallError` only. */
  call<Method extends WorkerMethod>(
    method: Method,
    ...parameters: Parameters<WorkerApi[Method]>
  ): Promise<Awaited<ReturnType<WorkerApi[Method]>>> {
    return this.ask(method, parameters, { hurries: true });
  }

  /** As `call`, for what may wait until the thread ticks. */
  callLater<Method extends WorkerMethod>(
    method: Method,
    ...parameters: Parameters<WorkerApi[Method]>
  ): Promise<Awaited<ReturnType<WorkerApi[Method]>>> {
    return this.ask(method, parameters, { hurries: false });
  }

  /** Nobody waits: only a refusal is heard of, by `onRefused`. Done before the thread looks at the next packet, or ticks. */
  tell<Method extends ToldMethod>(method: Method, ...parameters: Parameters<WorkerApi[Method]>): void {
    this.send({ id: NOBODY_WAITS, method, parameters }, false);
  }

  private ask<Method extends WorkerMethod>(
    method: Method,
    parameters: Parameters<WorkerApi[Method]>,
    { hurries }: { readonly hurries: boolean },
  ): Promise<Awaited<ReturnType<WorkerApi[Method]>>> {
    if (this.ended) return Promise.reject(new WorkerCallError('MEDIA.WORKER_LOST', 'The audio worker is gone.'));
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send({ id, method, parameters }, hurries);
    });
  }

  /**
   * What hurries wakes the thread: all of one turn of the event loop crosses as one message. The rest is left where the
   * thread finds it, unless something that goes before it has not left yet.
   */
  private send(command: WorkerCommand, hurries: boolean): void {
    if (this.ended) return;
    if (!hurries && this.outbox.length === 0 && this.ring.write(command)) {
      if (!this.ring.readerSleeps || this.waking) return;
      this.waking = true;
    } else this.outbox.push(command);
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(this.flush);
  }

  private readonly flush = (): void => {
    this.flushing = false;
    if (this.ended) return;
    if (this.outbox.length === 0) {
      if (this.waking) this.worker.postMessage(this.outbox);
      this.waking = false;
      return;
    }
    if (!this.ring.writeFence()) {
      this.flushing = true;
      setTimeout(this.flush, RETRY_MS);
      return;
    }
    this.worker.postMessage(this.outbox);
    this.outbox = [];
    this.waking = false;
  };

  /** Ends the thread. Idempotent; `onLost` is not called. */
  async stop(): Promise<void> {
    this.end('The audio worker was stopped.');
    await this.worker.terminate();
  }

  private receive(report: WorkerReport): void {
    switch (report.type) {
      case 'ready':
        return;
      case 'event':
        this.handlers.onEvent(report.event);
        return;
      case 'pulse':
        this.lastPulseMs = performance.now();
        this.tickLateMs = report.tickLateMs;
        return;
      case 'result':
        this.take(report.id)?.resolve(report.result);
        return;
      case 'refused':
        this.handlers.onRefused(report.endpointId, report.detail);
        return;
      case 'failure':
        this.take(report.id)?.reject(new WorkerCallError('MEDIA.INTERNAL', report.detail));
    }
  }

  private take(id: number): PendingCall | undefined {
    const call = this.pending.get(id);
    this.pending.delete(id);
    return call;
  }

  private checkPulse(): void {
    if (performance.now() - this.lastPulseMs < PULSE_TIMEOUT_MS) return;
    this.failure = `The audio worker gave no sign of life for ${PULSE_TIMEOUT_MS / 1000} s.`;
    void this.worker.terminate();
  }

  private onExit(code: number): void {
    if (this.ended) return;
    const detail = this.failure ?? `The audio worker ended with code ${code}.`;
    this.end(detail);
    this.handlers.onLost(detail);
  }

  private end(detail: string): void {
    if (this.ended) return;
    this.ended = true;
    if (this.watch !== null) clearInterval(this.watch);
    for (const call of this.pending.values()) call.reject(new WorkerCallError('MEDIA.WORKER_LOST', detail));
    this.pending.clear();
  }
}

function untilReady(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error('The audio worker did not start in time.')), START_TIMEOUT_MS);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      void worker.terminate();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const onMessage = (reports: readonly WorkerReport[]) => {
      if (!reports.some(({ type }) => type === 'ready')) return;
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('error', fail);
      resolve();
    };
    worker.on('message', onMessage);
    worker.once('error', fail);
  });
}
