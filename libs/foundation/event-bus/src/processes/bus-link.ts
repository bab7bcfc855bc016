import type { WireReply, WireValue } from '../bus-transport.js';

/** What travels between the hub and one of the other processes. */
export type BusFrame =
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly subject: string;
      readonly payload: WireValue;
      readonly timeoutMs: number;
    }
  /** Without a reply: nobody responds to the subject. */
  | { readonly kind: 'reply'; readonly id: number; readonly reply?: WireReply | undefined }
  | { readonly kind: 'event'; readonly subject: string; readonly payload: WireValue }
  /** The sender begins or ends to respond to a subject, or to listen to it. */
  | { readonly kind: 'responds' | 'quits' | 'listens' | 'leaves'; readonly subject: string };

/** A way to one other process: ordered, and whole until it is closed. */
export interface BusLink {
  /** @param taken called when the system has taken the frames @throws where a frame cannot be copied */
  send(frames: readonly BusFrame[], taken: () => void): void;
  onFrames(handler: (frames: readonly BusFrame[]) => void): void;
  /** The process at the other end is gone. */
  onClosed(handler: () => void): void;
}
