import type { AudioEngineEvent } from '../api/events.js';
import type { WorkerMethod } from './worker-api.js';

/** Given to a worker thread when it starts. */
export interface WorkerSetUp {
  rtpSilenceTimeoutMs: number;
  /** Of the `CommandRing` in which commands wait that are in no hurry. */
  ring: SharedArrayBuffer;
  /** Of the engine's `Traffic`. */
  traffic: SharedArrayBuffer;
}

/** The id of commands that are not answered. */
export const NOBODY_WAITS = 0;

/** From the engine to a worker: in lists, or one by one through the ring. An empty list only wakes. */
export interface WorkerCommand {
  id: number;
  method: WorkerMethod;
  parameters: unknown[];
}

/** From a worker to the engine, in lists. */
export type WorkerReport =
  | { type: 'ready' }
  | { type: 'result'; id: number; result: unknown }
  | { type: 'failure'; id: number; detail: string }
  /** Of a command that is not answered. */
  | { type: 'refused'; endpointId: string; detail: string }
  | { type: 'event'; event: AudioEngineEvent }
  | { type: 'pulse'; tickLateMs: number };
