import type { AudioEngineEvent } from '../api/events.js';
import { WorkerHandle, type WorkerOptions } from './worker-handle.js';

/** Between a worker's end and the start of its successor, when the successor fails too. */
const RETRY_MS = 1000;

export interface WorkerSlot {
  readonly index: number;
  /** Null while a lost worker is being replaced. */
  handle: WorkerHandle | null;
  restarts: number;
}

export interface WorkerSlotsHandlers {
  onEvent(event: AudioEngineEvent): void;
  /** What the thread was told to do with an endpoint could not be done. */
  onRefused(endpointId: string, detail: string): void;
  /** A thread is gone and with it everything on it; its successor is on the way. */
  onLost(index: number, detail: string): void;
  onReplaced(index: number, detail: string): void;
}

/** A fixed number of worker threads; a lost one is replaced in its slot. */
export class WorkerSlots {
  readonly slots: WorkerSlot[] = [];
  private closed = false;

  private constructor(
    private readonly options: WorkerOptions,
    private readonly handlers: WorkerSlotsHandlers,
  ) {}

  static async start(count: number, options: WorkerOptions, handlers: WorkerSlotsHandlers): Promise<WorkerSlots> {
    const slots = new WorkerSlots(options, handlers);
    for (let index = 0; index < count; index += 1) slots.slots.push({ index, handle: null, restarts: 0 });
    await Promise.all(slots.slots.map((slot) => slots.startWorker(slot)));
    return slots;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.slots.flatMap((slot) => (slot.handle === null ? [] : [slot.handle.stop()])));
    for (const slot of this.slots) slot.handle = null;
  }

  private async startWorker(slot: WorkerSlot): Promise<void> {
    const handle = await WorkerHandle.start(this.options, {
      onEvent: (event) => this.handlers.onEvent(event),
      onRefused: (endpointId, detail) => this.handlers.onRefused(endpointId, detail),
      onLost: (detail) => this.replace(slot, detail),
    });
    if (this.closed) await handle.stop();
    else slot.handle = handle;
  }

  private replace(slot: WorkerSlot, detail: string): void {
    slot.handle = null;
    if (this.closed) return;
    this.handlers.onLost(slot.index, detail);
    this.restart(slot, detail);
  }

  private restart(slot: WorkerSlot, detail: string): void {
    slot.restarts += 1;
    this.startWorker(slot).then(
      () => {
        if (!this.closed) this.handlers.onReplaced(slot.index, detail);
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        setTimeout(() => {
          if (!this.closed) this.restart(slot, reason);
        }, RETRY_MS).unref();
      },
    );
  }
}
