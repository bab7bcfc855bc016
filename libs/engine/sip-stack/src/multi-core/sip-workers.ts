import cluster from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { env } from 'node:process';
import { HandOverSocket, TOKEN_OCTETS } from './hand-over-socket.js';
import type { Pinning } from './pinning.js';

/** How a worker learns its number and the others' secret. */
const NUMBER = 'CARILLON_SIP_WORKER';
const COUNT = 'CARILLON_SIP_WORKERS';
const TOKEN = 'CARILLON_SIP_WORKER_TOKEN';
/** Wait before a worker that died is started again. */
const RESTART_MILLISECONDS = 500;

interface PortMessage {
  readonly sipHandOverPort: number;
}
interface PortsMessage {
  readonly sipHandOverPorts: readonly number[];
}

/** The workers as their primary process sees them. */
export interface SipWorkers {
  /** Ends them; they get SIGTERM. */
  close(): void;
}

/**
 * Starts this program again as workers that share its SIP sockets (`node:cluster`): the kernel gives a packet to any of
 * them, and {@link joinSipWorkers} makes each call stay with one. A worker that dies is started again under its number.
 */
export function startSipWorkers(workers: number, started?: (worker: number) => void): SipWorkers {
  const token = randomBytes(TOKEN_OCTETS).toString('hex');
  const ports: number[] = Array.from({ length: workers }, () => 0);
  let closed = false;
  const tell = (): void => {
    const message: PortsMessage = { sipHandOverPorts: ports };
    for (const worker of Object.values(cluster.workers ?? {})) worker?.send(message);
  };
  const start = (number: number): void => {
    const worker = cluster.fork({ [NUMBER]: String(number), [COUNT]: String(workers), [TOKEN]: token });
    worker.on('message', (message: unknown) => {
      if (!isPort(message)) return;
      ports[number] = message.sipHandOverPort;
      tell();
      started?.(number);
    });
    worker.once('exit', () => {
      ports[number] = 0;
      if (closed) return;
      tell();
      setTimeout(() => {
        if (!closed) start(number);
      }, RESTART_MILLISECONDS);
    });
  };
  for (let number = 0; number < workers; number++) start(number);
  return {
    close: () => {
      closed = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
    },
  };
}

/** In a worker: its place among the others, for `UserAgentOptions.pinning`. Undefined in a process that stands alone. */
export async function joinSipWorkers(): Promise<Pinning | undefined> {
  const { [NUMBER]: number, [COUNT]: count, [TOKEN]: token } = env;
  if (!cluster.isWorker || number === undefined || count === undefined || token === undefined) return undefined;
  const handOver = await HandOverSocket.open({ worker: Number(number), token: Buffer.from(token, 'hex') });
  const pinning: Pinning = { worker: Number(number), workers: Number(count), handOver };
  cluster.worker?.on('message', (message: unknown) => {
    if (isPorts(message)) handOver.use(message.sipHandOverPorts);
  });
  const message: PortMessage = { sipHandOverPort: handOver.port };
  cluster.worker?.send(message);
  return pinning;
}

function isPort(message: unknown): message is PortMessage {
  return typeof message === 'object' && message !== null && 'sipHandOverPort' in message;
}

function isPorts(message: unknown): message is PortsMessage {
  return typeof message === 'object' && message !== null && 'sipHandOverPorts' in message;
}
