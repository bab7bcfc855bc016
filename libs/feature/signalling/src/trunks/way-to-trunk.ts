import type { WayToPeer } from '@carillon/sip-stack';
import { trunkUri } from './trunk-address.js';
import type { Trunk } from './trunk.js';

/**
 * How the other side of a trunk is reached in a call whose connection is gone: at its Contact or Route (RFC 3261 §12.2.1.1), and
 * where nobody answers there, or nobody can prove that name, as it was called: by its own name, over a connection that is open to
 * it already where there is one (RFC 5923 §8).
 */
export function wayToTrunk(trunk: Trunk): WayToPeer {
  return { find: (known) => known, address: trunkUri(trunk) };
}
