import type { Serializable } from 'node:child_process';
import type { BusFrame, BusLink } from './bus-link.js';

/** A process with an IPC channel: a child, or `process` itself in one. Open it with `serialization: 'advanced'`. */
export interface IpcProcess {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  send?: (message: Serializable, handle: undefined, options: undefined, done: (error: Error | null) => void) => boolean;
}

/** Frames over Node's IPC, beside what others send there. */
export function processLink(target: IpcProcess): BusLink {
  return {
    send: (frames, taken) => {
      if (target.send === undefined) throw new Error('There is no channel to the other process');
      // The channel closes when the other process ends: that is told by its own event.
      target.send({ carillonBus: frames }, undefined, undefined, taken);
    },
    onFrames: (handler) => {
      target.on('message', (message: unknown) => {
        if (isBusMessage(message)) handler(message.carillonBus);
      });
    },
    onClosed: (handler) => {
      target.on('disconnect', handler);
    },
  };
}

function isBusMessage(message: unknown): message is { readonly carillonBus: readonly BusFrame[] } {
  return typeof message === 'object' && message !== null && 'carillonBus' in message;
}
