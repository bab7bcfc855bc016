import type { LadderNote } from '@carillon/contracts';
import type { TappedMessage } from '@carillon/sip-stack';

/** A message as it is kept in memory: a copy of its octets, not read yet. */
export interface KeptMessage {
  readonly kind: 'message';
  /** Counts up over everything that is kept, so that what happened within a millisecond stays in order. */
  readonly order: number;
  readonly at: number;
  readonly sipCallId: string;
  readonly direction: 'in' | 'out';
  readonly protocol: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly bytes: Buffer;
  repeats: number;
  lastRepeatAt: number | null;
}

export interface KeptNote extends LadderNote {
  readonly order: number;
}

export type KeptEntry = KeptMessage | KeptNote;

/** What an object and its strings cost, roughly: counted as octets, so that many small things count too. */
export const ENTRY_OVERHEAD = 300;

export function keepMessage(
  { direction, flow, bytes }: TappedMessage,
  about: { readonly order: number; readonly at: number; readonly sipCallId: string },
): KeptMessage {
  return {
    kind: 'message',
    order: about.order,
    at: about.at,
    sipCallId: about.sipCallId,
    direction,
    protocol: flow.protocol,
    localAddress: flow.localAddress,
    localPort: flow.localPort,
    remoteAddress: flow.remoteAddress,
    remotePort: flow.remotePort,
    bytes: Buffer.from(bytes),
    repeats: 0,
    lastRepeatAt: null,
  };
}

/** The same octets the same way, not long ago: a retransmission (RFC 3261 §17), which is counted, not kept. */
export function findRepeated(
  entries: readonly KeptEntry[],
  { direction, flow, bytes }: TappedMessage,
  within: number,
): KeptMessage | undefined {
  const { length } = bytes;
  for (let index = entries.length - 1; index >= 0 && index >= entries.length - within; index -= 1) {
    const entry = entries[index];
    if (entry?.kind !== 'message' || entry.direction !== direction || entry.bytes.length !== length) continue;
    if (entry.remotePort !== flow.remotePort || entry.remoteAddress !== flow.remoteAddress) continue;
    if (entry.bytes.equals(bytes)) return entry;
  }
  return undefined;
}
