import { Worker } from 'node:worker_threads';
import type { AudioEngineEvent } from '../api/events.js';
import type { WorkerApi, WorkerMethod } from '../worker/worker-api.js';
import type { WorkerCommand, WorkerReport, WorkerSetUp } from '../worker/worker-message.js';

/** A worker that has not shown a pulse for so long hangs, and is replaced. */
const PULSE_TIMEOUT_MS = 10_000;
const START_TIMEOUT_MS = 30_000;

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
  private readonly outbox: WorkerCommand[] = [];
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
    if (this.ended) return Promise.reject(new WorkerCallError('MEDIA.WORKER_LOST', 'The audio worker is gone.'));
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send({ id, method, parameters });
    });
  }

  /** What is asked in one turn of the event loop crosses to the thread as one message. */
  private send(command: WorkerCommand): void {
    this.outbox.push(command);
    if (this.outbox.length > 1) return;
    setImmediate(() => {
      const commands = this.outbox.splice(0);
      if (!this.ended) this.worker.postMessage(commands);
    });
  }

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
