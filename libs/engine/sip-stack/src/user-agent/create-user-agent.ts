import type { UserAgent, UserAgentOptions } from '../api/user-agent.js';
import { PinnedNetwork } from '../multi-core/pinned-network.js';
import { socketNetwork } from '../transport/socket-network.js';
import { SipUserAgent } from './sip-user-agent.js';

/**
 * Binds every listen address and starts answering.
 * @throws Error with the system's code (`EADDRINUSE`, `EACCES`, …) when an address cannot be bound
 */
export function createUserAgent(options: UserAgentOptions): Promise<UserAgent> {
  const { pinning } = options;
  const network = pinning === undefined ? socketNetwork : new PinnedNetwork(socketNetwork, pinning);
  return SipUserAgent.open(options, network);
}
