import { Worker } from 'node:worker_threads';
import type { AudioEngineEvent } from '../api/events.js';
import type { ToldMethod, WorkerApi, WorkerMethod } from '../worker/worker-api.js';
import { NOBODY_WAITS, type WorkerCommand, type WorkerReport, type WorkerSetUp } from '../worker/worker-message.js';

/** A worker that has not shown a pulse for so long hangs, and is replaced. */
const PULSE_TIMEOUT_MS = 10_000;
const START_TIMEOUT_MS = 30_000;
/** What is in no hurry waits so long for something to go along with: to wake a thread costs more than what it is told. */
const PATIENCE_MS = 10;

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
  private nextId = 1;
  private lastPulseMs = performance.now();
  private ended = false;
  private failure: string | null = null;
  private watch: NodeJS.Timeout | null = null;

  private constructor(
    private readonly worker: Worker,
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
  static async start(setUp: WorkerSetUp, handlers: WorkerHandlers): Promise<WorkerHandle> {
    // From source the file is TypeScript and the thread inherits the flags that run it.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`../worker/audio-worker.${extension}`, import.meta.url), { workerData: setUp });
    await untilReady(worker);
    const handle = new WorkerHandle(worker, handlers);
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

  /** As `call`, for what may wait some milliseconds before it is asked. */
  callLater<Method extends WorkerMethod>(
    method: Method,
    ...parameters: Parameters<WorkerApi[Method]>
  ): Promise<Awaited<ReturnType<WorkerApi[Method]>>> {
    return this.ask(method, parameters, { hurries: false });
  }

  /** Nobody waits: only a refusal is heard of, by `onRefused`. */
  tell<Method extends ToldMethod>(method: Method, ...parameters: Parameters<WorkerApi[Method]>): void {
    this.send({ id: NOBODY_WAITS, method, parameters }, true);
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

  /** What is asked in one turn of the event loop crosses to the thread as one message, in the order it was asked. */
  private send(command: WorkerCommand, hurries: boolean): void {
    this.outbox.push(command);
    if (this.flushing) return;
    if (hurries) {
      this.flushing = true;
      setImmediate(this.flush);
    } else if (this.outbox.length === 1) setTimeout(this.flush, PATIENCE_MS);
  }

  private readonly flush = (): void => {
    this.flushing = false;
    const commands = this.outbox;
    if (commands.length === 0) return;
    this.outbox = [];
    if (!this.ended) this.worker.postMessage(commands);
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
