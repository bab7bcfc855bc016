import { randomBytes } from 'node:crypto';
import { buildStunMessage, STUN_ATTRIBUTE, STUN_TYPE } from './stun-message.js';

export interface BindingRequest {
  /** The other side's `ice-ufrag`, a colon, and ours (RFC 8445 §7.2.2). */
  readonly username: string;
  /** The other side's `ice-pwd`. */
  readonly password: string;
  /** Of the candidate that this check would find (RFC 8445 §7.1.1). */
  readonly priority: number;
  readonly tieBreaker: bigint;
}

/** A connectivity check of a controlling agent that nominates at once, as towards an ICE-lite peer (RFC 8445 §7.2, §8.1.1). */
export function buildBindingRequest({ username, password, priority, tieBreaker }: BindingRequest): Uint8Array {
  const priorityValue = Buffer.alloc(4);
  priorityValue.writeUInt32BE(priority);
  const tieBreakerValue = Buffer.alloc(8);
  tieBreakerValue.writeBigUInt64BE(tieBreaker);
  return buildStunMessage(STUN_TYPE.bindingRequest, randomBytes(12), {
    attributes: [
      { type: STUN_ATTRIBUTE.username, value: Buffer.from(username) },
      { type: STUN_ATTRIBUTE.priority, value: priorityValue },
      { type: STUN_ATTRIBUTE.iceControlling, value: tieBreakerValue },
      { type: STUN_ATTRIBUTE.useCandidate, value: Buffer.alloc(0) },
    ],
    password,
  });
}
