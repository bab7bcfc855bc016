import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { env } from 'node:process';
import { HandOverSocket, TOKEN_OCTETS } from './hand-over-socket.js';
import type { Pinning } from './pinning.js';

/** How a worker learns its number and the others' secret. */
const NUMBER = 'CARILLON_SIP_WORKER';
const COUNT = 'CARILLON_SIP_WORKERS';
const TOKEN = 'CARILLON_SIP_WORKER_TOKEN';
/** Wait before a worker that died is started again; twice as long each time that it does not come up. */
const RESTART_MILLISECONDS = 500;
const LONGEST_RESTART_MILLISECONDS = 30_000;

interface PortMessage {
  readonly sipHandOverPort: number;
}
interface PortsMessage {
  readonly sipHandOverPorts: readonly number[];
}
/** A frame for another worker. */
interface RelayMessage {
  readonly sipHandOverTo: number;
  readonly sipHandOverFrame: Buffer;
}

/** What the primary process does beside starting workers. */
export interface SipWorkerHooks {
  /** The process was started; it may listen and send from now on. */
  readonly forked?: (number: number, worker: Worker) => void;
  /** The worker has joined the others. */
  readonly started?: (number: number) => void;
  /** The worker ended, by whatever: it is started again unless all are being closed. */
  readonly lost?: (number: number, why: { code: number | null; signal: string | null }) => void;
  /** Added to the environment of the workers. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The workers as their primary process sees them. */
export interface SipWorkers {
  /** Ends them; they get SIGTERM. Resolves when all have ended; those that take longer than `killAfterMilliseconds` are killed. */
  close(killAfterMilliseconds?: number): Promise<void>;
}

/**
 * Starts this program again as workers that share its SIP sockets (`node:cluster`): the kernel gives a packet to any of
 * them, and {@link joinSipWorkers} makes each call stay with one. A worker that dies is started again under its number.
 */
export function startSipWorkers(workers: number, hooks: SipWorkerHooks = {}): SipWorkers {
  cluster.setupPrimary({ serialization: 'advanced' });
  const token = randomBytes(TOKEN_OCTETS).toString('hex');
  const ports: number[] = Array.from({ length: workers }, () => 0);
  const running = new Map<number, Worker>();
  const restartAfter: number[] = Array.from({ length: workers }, () => RESTART_MILLISECONDS);
  const ended = new Set<() => void>();
  let closed = false;
  const tell = (): void => {
    const message: PortsMessage = { sipHandOverPorts: [...ports] };
    for (const worker of running.values()) send(worker, message);
  };
  const start = (number: number): void => {
    const worker = cluster.fork({ ...hooks.env, [NUMBER]: String(number), [COUNT]: String(workers), [TOKEN]: token });
    running.set(number, worker);
    worker.on('message', (message: unknown) => {
      if (isRelay(message)) {
        const to = running.get(message.sipHandOverTo);
        if (to !== undefined) send(to, message);
      } else if (isPort(message)) {
        ports[number] = message.sipHandOverPort;
        restartAfter[number] = RESTART_MILLISECONDS;
        tell();
        hooks.started?.(number);
      }
    });
    // The channel may break before the end is known: what is written to it then is lost, and not an error of ours.
    worker.on('error', () => undefined);
    worker.once('exit', (code: number | null, signal: string | null) => {
      running.delete(number);
      ports[number] = 0;
      tell();
      // What it said last is still in the channel: it is heard before its end.
      const heard = (): void => hooks.lost?.(number, { code, signal });
      if (worker.isConnected()) worker.once('disconnect', heard);
      else heard();
      if (closed) {
        if (running.size === 0) for (const settle of ended) settle();
        return;
      }
      const delay = restartAfter[number] ?? RESTART_MILLISECONDS;
      restartAfter[number] = Math.min(delay * 2, LONGEST_RESTART_MILLISECONDS);
      setTimeout(() => {
        if (!closed) start(number);
      }, delay).unref();
    });
    hooks.forked?.(number, worker);
  };
  for (let number = 0; number < workers; number++) start(number);
  return {
    close: async (killAfterMilliseconds = 10_000) => {
      closed = true;
      if (running.size === 0) return;
      for (const worker of running.values()) worker.process.kill('SIGTERM');
      const timer = setTimeout(() => {
        for (const worker of running.values()) worker.process.kill('SIGKILL');
      }, killAfterMilliseconds);
      await new Promise<void>((settle) => void ended.add(settle));
      clearTimeout(timer);
    },
  };
}

/** In a worker: its place among the others, for `UserAgentOptions.pinning`. Undefined in a process that stands alone. */
export async function joinSipWorkers(): Promise<Pinning | undefined> {
  const { [NUMBER]: number, [COUNT]: count, [TOKEN]: token } = env;
  const primary = cluster.worker;
  if (primary === undefined || number === undefined || count === undefined || token === undefined) return undefined;
  const relay = (to: number, frame: Buffer): void => send(primary, { sipHandOverTo: to, sipHandOverFrame: frame });
  const own = { worker: Number(number), token: Buffer.from(token, 'hex'), relay };
  const handOver = await HandOverSocket.open(own);
  const pinning: Pinning = { worker: own.worker, workers: Number(count), handOver };
  primary.on('message', (message: unknown) => {
    if (isPorts(message)) handOver.use(message.sipHandOverPorts);
    else if (isRelay(message)) handOver.relayed(asBuffer(message.sipHandOverFrame));
  });
  const message: PortMessage = { sipHandOverPort: handOver.port };
  primary.send(message);
  return pinning;
}

function send(worker: Worker, message: PortsMessage | RelayMessage): void {
  if (worker.isConnected()) worker.send(message);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isRelay(message: unknown): message is RelayMessage {
  return typeof message === 'object' && message !== null && 'sipHandOverTo' in message;
}

function isPort(message: unknown): message is PortMessage {
  return typeof message === 'object' && message !== null && 'sipHandOverPort' in message;
}

function isPorts(message: unknown): message is PortsMessage {
  return typeof message === 'object' && message !== null && 'sipHandOverPorts' in message;
}
