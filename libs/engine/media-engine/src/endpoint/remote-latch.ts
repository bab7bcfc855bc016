import { sequenceDistance } from '@carillon/rtp';
import type { TransportAddress } from '../api/endpoint.js';

/** Packets in a row that prove an address which SDP did not name. */
const PROBATION_PACKETS = 3;
/** The latched source must have been quiet for so long before the same stream may continue from elsewhere. */
const REBIND_SILENCE_MS = 1000;

export type LatchVerdict = 'accept' | 'new-source' | 'foreign';

interface Candidate extends TransportAddress {
  ssrc: number;
  sequence: number;
  count: number;
}

/**
 * Symmetric RTP (RFC 4961) with protection: who may talk to an endpoint, and where it sends.
 *
 * ```
 * signalled --packet from the signalled address-----------------> latched
 *           --3 packets in a row of one other source (NAT)------> latched
 * latched   --3 packets in a row with another SSRC, same address-> latched (new source)
 *           --3 packets in a row from an address named anew-----> latched (the last of the old ones came after its name)
 *           --same stream goes on elsewhere after 1 s of silence-> latched (NAT rebinding)
 *           --anything else from another address----------------> refused
 *           --re-negotiation names another address--------------> signalled
 *           --a name that was agreed before becomes an address--> latched (as before)
 * ```
 */
export class RemoteLatch {
  private signalled: TransportAddress | null = null;
  private latched: (TransportAddress & { ssrc: number; sequence: number; lastMs: number }) | null = null;
  private candidate: Candidate | null = null;
  /** Latched before the present address was named: a phone may send from there until it hears our answer. */
  private former: TransportAddress | null = null;

  /** Takes the address of an offer or answer. */
  setSignalled(remote: TransportAddress): void {
    if (this.signalled !== null && sameAddress(this.signalled, remote)) return;
    this.signalled = remote;
    // Two names at once, as of a hold and its end: what was sent before both may come after both.
    this.former = this.latched ?? this.former;
    this.latched = null;
    this.candidate = null;
  }

  /** Takes the address of a name that an offer or answer gave, once it is looked up: who is heard meanwhile stays. */
  setFound(remote: TransportAddress): void {
    if (this.latched === null) this.setSignalled(remote);
    else this.signalled = remote;
  }

  /** Where to send: the real source once known, otherwise what SDP says. Null: nowhere (RFC 3264 §8.4 hold). */
  get target(): TransportAddress | null {
    const target = this.latched ?? this.signalled;
    if (target === null || target.port === 0 || target.address === '0.0.0.0' || target.address === '::') return null;
    return target;
  }

  get latchedRemote(): TransportAddress | null {
    return this.latched === null ? null : { address: this.latched.address, port: this.latched.port };
  }

  /** Judges a valid RTP packet. `new-source` is accepted and begins a new timeline. */
  judge(packet: { ssrc: number; sequence: number }, from: TransportAddress, nowMs: number): LatchVerdict {
    const { latched, signalled } = this;
    if (latched === null) {
      const expected = signalled !== null && sameAddress(signalled, from);
      if (!expected && !this.prove(packet, from)) return 'foreign';
      return this.latch(packet, from, nowMs);
    }
    if (sameAddress(latched, from)) {
      if (packet.ssrc === latched.ssrc) {
        latched.sequence = packet.sequence;
        latched.lastMs = nowMs;
        return 'accept';
      }
      return this.prove(packet, from) ? this.latch(packet, from, nowMs) : 'foreign';
    }
    // Not any time: whoever can forge the private address of a phone behind NAT would take its sound away.
    const moved =
      this.former !== null && sameAddress(this.former, latched) && signalled !== null && sameAddress(signalled, from);
    const goesOn =
      packet.ssrc === latched.ssrc &&
      nowMs - latched.lastMs >= REBIND_SILENCE_MS &&
      Math.abs(sequenceDistance(packet.sequence, latched.sequence)) < 3000;
    return (moved || goesOn) && this.prove(packet, from) ? this.latch(packet, from, nowMs) : 'foreign';
  }

  private latch(packet: { ssrc: number; sequence: number }, from: TransportAddress, nowMs: number): LatchVerdict {
    this.latched = {
      address: from.address,
      port: from.port,
      ssrc: packet.ssrc,
      sequence: packet.sequence,
      lastMs: nowMs,
    };
    this.candidate = null;
    return 'new-source';
  }

  private prove(packet: { ssrc: number; sequence: number }, from: TransportAddress): boolean {
    const { candidate } = this;
    const known = candidate !== null && candidate.ssrc === packet.ssrc && sameAddress(candidate, from);
    const distance = known ? sequenceDistance(packet.sequence, candidate.sequence) : 0;
    if (!known || distance <= 0 || distance > 10) {
      this.candidate = {
        address: from.address,
        port: from.port,
        ssrc: packet.ssrc,
        sequence: packet.sequence,
        count: 1,
      };
      return false;
    }
    candidate.sequence = packet.sequence;
    candidate.count += 1;
    return candidate.count >= PROBATION_PACKETS;
  }
}

export function sameAddress(a: TransportAddress, b: TransportAddress): boolean {
  return a.port === b.port && a.address === b.address;
}
