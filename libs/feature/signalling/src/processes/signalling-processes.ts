import type { Worker } from 'node:cluster';
import type { Bus, HubTransport } from '@carillon/event-bus';
import { processLink } from '@carillon/event-bus';
import { CodedError, type Clock, type HealthState, type Logger } from '@carillon/service-runtime';
import { startSipWorkers, type SipWorkers } from '@carillon/sip-stack';
import { Heartbeats } from './heartbeats.js';
import { LostCalls } from './lost-calls.js';
import { askProcess } from './ask-process.js';
import type { SipWebSocketDoor } from './sip-web-socket-door.js';

/** A process that has not begun to listen after this long will not. */
const START_WITHIN_MS = 60_000;
/** An answer that takes longer is worth a word. */
const SLOW_MS = 500;
/** Goodbyes are sent and records written within this. */
export const CLOSE_WITHIN_MS = 12_000;

export interface SignallingProcessesParts {
  readonly count: number;
  readonly hub: HubTransport;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly door: SipWebSocketDoor;
  /** Added to the environment of the processes. */
  readonly env: Readonly<Record<string, string>>;
}

interface ReadyMessage {
  readonly signallingReady: true;
}

/** The processes that signalling runs in, as the one that started them sees them. */
export class SignallingProcesses {
  private readonly ready = new Set<number>();
  private readonly lostCalls: LostCalls;
  private readonly heartbeats: Heartbeats;
  private readonly running = new Map<number, Worker>();
  private workers: SipWorkers | undefined;
  private closing = false;
  private begun = false;
  private changed: (error?: Error) => void = () => undefined;

  constructor(private readonly parts: SignallingProcessesParts) {
    const { bus, clock, logger, count } = parts;
    const survivor = (): number | undefined => [...this.ready][0];
    this.lostCalls = new LostCalls({ bus, clock, logger, processes: count, survivor });
    this.heartbeats = new Heartbeats({
      clock,
      ask: (number) => askProcess(bus, number, ['signalling.describe', {}]),
      hangs: (number, seconds) => this.end(number, seconds),
    });
  }

  /** Resolves when all of them listen. @throws {CodedError} `SIGNALLING.NO_START` where one ends before, or takes too long */
  async start(): Promise<void> {
    const { count, env } = this.parts;
    const all = new Promise<void>((settle, fail) => {
      const late = new CodedError('SIGNALLING.NO_START', 'Signalling did not begin to listen in time');
      const timer = setTimeout(() => fail(late), START_WITHIN_MS);
      this.changed = (error) => {
        if (error === undefined && this.ready.size < count) return;
        clearTimeout(timer);
        if (error === undefined) settle();
        else fail(error);
      };
    });
    this.workers = startSipWorkers(count, {
      env,
      forked: (number, worker) => this.welcome(number, worker),
      lost: (number, why) => this.lost(number, why),
    });
    await all;
    this.begun = true;
  }

  /** How one process does. */
  async check(number: number): Promise<HealthState> {
    if (!this.ready.has(number)) return { ok: false, detail: 'Starting' };
    const answer = await askProcess(this.parts.bus, number, ['signalling.describe', {}]);
    if (answer?.ok !== true) return { ok: false, detail: 'No answer' };
    const took = this.heartbeats.tookMs(number);
    const slow = took === undefined || took < SLOW_MS ? '' : `, slow: it answered in ${Math.round(took)} ms`;
    return { ok: answer.healthy, detail: `${answer.detail}, ${answer.registrations} registrations${slow}` };
  }

  async close(): Promise<void> {
    this.closing = true;
    this.heartbeats.close();
    await this.workers?.close(CLOSE_WITHIN_MS - 2_000);
    this.lostCalls.close();
  }

  private welcome(number: number, worker: Worker): void {
    const { hub, logger, door } = this.parts;
    hub.attach(processLink(worker.process));
    this.running.set(number, worker);
    this.heartbeats.started(number);
    worker.on('message', (message: unknown) => {
      if (!isReady(message)) return;
      this.ready.add(number);
      this.heartbeats.ready(number);
      door.add(number, worker);
      logger.info({ process: number, pid: worker.process.pid }, 'A process of signalling listens');
      this.changed();
    });
  }

  /** One that hangs cannot be asked to end. */
  private end(number: number, seconds: number): void {
    this.parts.logger.error({ process: number, seconds }, 'A process of signalling hangs; it is replaced');
    this.running.get(number)?.process.kill('SIGKILL');
  }

  private lost(number: number, why: { code: number | null; signal: string | null }): void {
    const { logger, door } = this.parts;
    this.ready.delete(number);
    this.running.delete(number);
    this.heartbeats.gone(number);
    door.remove(number);
    if (this.closing) return;
    const { ended, waiting } = this.lostCalls.lost(number);
    logger.error({ process: number, ...why, ended, waiting }, 'A process of signalling has ended; it is started again');
    if (!this.begun)
      this.changed(
        new CodedError('SIGNALLING.NO_START', `A process of signalling ended while it started (${why.code})`),
      );
  }
}

/** Tells the process that started this one that it listens. */
export function tellReady(): void {
  const message: ReadyMessage = { signallingReady: true };
  process.send?.(message);
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'signallingReady' in message;
}
