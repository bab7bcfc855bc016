import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createWorker } from 'mediasoup';
import type { types } from 'mediasoup';
import { listenAddresses } from './listen-addresses.js';
import type { SfuEmit } from './sfu-event.js';

/** A worker process that can take rooms, and the WebRTC port that its transports share. */
export interface RunningWorker {
  readonly index: number;
  readonly worker: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
  /** Where its WebRTC server listens, numeric. */
  readonly listenAddress: string;
}

export interface WorkerPoolOptions {
  readonly listenAddress: string;
  readonly announcedAddress: string | undefined;
  readonly announcedAddress6: string | undefined;
  readonly webRtcPorts: readonly number[];
  readonly workerBinary: string | undefined;
  readonly emit: SfuEmit;
}

export interface WorkerHealth {
  readonly index: number;
  readonly alive: boolean;
  readonly restarts: number;
  /** Why it does not run. */
  readonly detail: string | null;
}

interface Slot {
  readonly index: number;
  readonly port: number;
  running: RunningWorker | undefined;
  restarts: number;
  failuresInARow: number;
  detail: string | null;
  retry: NodeJS.Timeout | undefined;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/**
 * Keeps one mediasoup worker for each WebRTC port. A worker that dies or does not start is replaced, sooner at first
 * and more slowly when it goes on failing; rooms that were on it are told by `worker.observer`'s close.
 */
export class WorkerPool {
  private readonly slots: Slot[];
  private readonly waiting = new Set<() => void>();
  private closed = false;

  constructor(private readonly options: WorkerPoolOptions) {
    this.slots = options.webRtcPorts.map((port, index) => ({
      index,
      port,
      running: undefined,
      restarts: 0,
      failuresInARow: 0,
      detail: 'starting',
      retry: undefined,
    }));
  }

  /** Resolves when every worker has started or failed to once. */
  async start(): Promise<void> {
    await Promise.all(this.slots.map((slot) => this.startSlot(slot)));
  }

  /**
   * The worker with the least to do.
   * @param waitMs how long to wait for one to come (back)
   */
  async acquire(roomsOn: (workerIndex: number) => number, waitMs: number): Promise<RunningWorker | undefined> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const running = this.slots.flatMap((slot) => slot.running ?? []);
      const best = running.sort((a, b) => roomsOn(a.index) - roomsOn(b.index))[0];
      const left = deadline - Date.now();
      if (best !== undefined || this.closed || left <= 0) return best;
      await this.nextStart(left);
    }
  }

  health(): WorkerHealth[] {
    return this.slots.map(({ index, running, restarts, detail }) => ({
      index,
      alive: running !== undefined,
      restarts,
      detail,
    }));
  }

  /** Ends the workers. Idempotent. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.wake();
    await Promise.all(this.slots.map((slot) => this.closeSlot(slot)));
  }

  private async closeSlot(slot: Slot): Promise<void> {
    clearTimeout(slot.retry);
    const worker = slot.running?.worker;
    slot.running = undefined;
    slot.detail = 'closed';
    if (worker === undefined || worker.subprocessClosed) return;
    const ended = new Promise<void>((settle) => worker.once('subprocessclose', () => settle()));
    worker.close();
    await ended;
  }

  private async startSlot(slot: Slot): Promise<void> {
    if (this.closed) return;
    let worker: types.Worker | undefined;
    try {
      worker = await createWorker({
        logLevel: 'warn',
        ...(this.options.workerBinary === undefined ? {} : { workerBin: this.options.workerBinary }),
      });
      const listenAddress = await this.listenAddress();
      const webRtcServer = await worker.createWebRtcServer({ listenInfos: this.listenInfos(listenAddress, slot.port) });
      if (this.closed) {
        worker.close();
        return;
      }
      this.watch(slot, worker);
      slot.running = { index: slot.index, worker, webRtcServer, listenAddress };
      slot.detail = null;
      slot.failuresInARow = 0;
      this.options.emit({ type: 'worker-ready', workerIndex: slot.index, pid: worker.pid });
      this.wake();
    } catch (error) {
      worker?.close();
      this.retry(slot, `does not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private watch(slot: Slot, worker: types.Worker): void {
    worker.on('died', (error) => {
      if (slot.running?.worker !== worker) return;
      slot.running = undefined;
      this.retry(slot, `died: ${error.message}`);
    });
    // mediasoup closes its workers by itself when this process gets SIGINT or SIGTERM: no replacement is due then.
    worker.observer.once('close', () => {
      if (worker.died || slot.running?.worker !== worker) return;
      slot.running = undefined;
      slot.detail = 'closed with the process';
    });
  }

  private retry(slot: Slot, reason: string): void {
    slot.detail = reason;
    if (this.closed) return;
    slot.restarts += 1;
    const retryInMs = Math.min(FIRST_RETRY_MS * 2 ** slot.failuresInARow, LONGEST_RETRY_MS);
    slot.failuresInARow += 1;
    this.options.emit({ type: 'worker-lost', workerIndex: slot.index, reason, retryInMs });
    slot.retry = setTimeout(() => void this.startSlot(slot), retryInMs);
    slot.retry.unref();
  }

  /** mediasoup listens on addresses only; a host name may be set. */
  private async listenAddress(): Promise<string> {
    const { listenAddress } = this.options;
    return isIP(listenAddress) === 0 ? (await lookup(listenAddress)).address : listenAddress;
  }

  private listenInfos(ip: string, port: number): types.TransportListenInfo[] {
    return listenAddresses(ip, this.options).flatMap((listened) =>
      (['udp', 'tcp'] as const).map((protocol) => ({ protocol, port, ...listened })),
    );
  }

  private nextStart(waitMs: number): Promise<void> {
    return new Promise((settle) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        settle();
      };
      const timer = setTimeout(done, waitMs);
      this.waiting.add(done);
    });
  }

  private wake(): void {
    for (const done of this.waiting) done();
  }
}
