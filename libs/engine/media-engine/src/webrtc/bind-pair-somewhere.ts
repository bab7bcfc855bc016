import { randomInt } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { bindUdpSocket } from '../engine/bind-udp-socket.js';

/**
 * An even port, and the one above it (RFC 3550 §11): who did not agree to rtcp-mux sends RTCP there, with a handshake of
 * its own (RFC 5764 §4), which at somebody else's front would be taken for the other side's.
 */
export interface PortPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
}

const ATTEMPTS = 40;

/**
 * One of the pairs of a range that nobody uses; others take single ports from the same range.
 * @param address numeric
 * @throws {Error} where there is none
 */
export async function bindPairSomewhere(
  address: string,
  { min, max }: { readonly min: number; readonly max: number },
): Promise<PortPair> {
  const lowest = min + (min % 2);
  const count = Math.floor((max - lowest + 1) / 2);
  if (count < 1) throw new RangeError(`There is no pair of ports from ${min} to ${max}`);
  const first = randomInt(count);
  let failure: unknown;
  for (let attempt = 0; attempt < Math.min(ATTEMPTS, count); attempt++) {
    try {
      return await bindPair(address, lowest + 2 * ((first + attempt) % count));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function bindPair(address: string, port: number): Promise<PortPair> {
  const rtp = await bindUdpSocket(address, port);
  try {
    const rtcp = await bindUdpSocket(address, port + 1);
    for (const socket of [rtp, rtcp]) socket.on('error', ignoreFailedRead);
    return { rtp, rtcp };
  } catch (error) {
    rtp.close();
    throw error;
  }
}

/** The socket goes on; whoever awaits something there has a time limit, or listens as well. */
function ignoreFailedRead(): void {
  // See above.
}
