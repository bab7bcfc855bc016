import type { HepSettings, Ladder } from '@carillon/contracts';
import { encodeHep } from './encode-hep.js';

/** The messages of a ladder as a collector gets them while calls go on; those that do not fit are left out. */
export function packetsOfLadder(
  { callId, entries }: Ladder,
  choice: Pick<HepSettings, 'captureId'> & { readonly authKey: string | null },
): Buffer[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== 'message') return [];
    const { at, direction, protocol, local, remote, octets } = entry;
    const packet = encodeHep({
      ...choice,
      transport: protocol === 'udp' ? 'udp' : 'tcp',
      source: direction === 'in' ? remote : local,
      destination: direction === 'in' ? local : remote,
      ...{ at, correlationId: callId, payload: Buffer.from(octets, 'latin1') },
    });
    return packet === undefined ? [] : [packet];
  });
}
