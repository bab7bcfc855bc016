import type { UserAgent, UserAgentOptions } from '../api/user-agent.js';

/**
 * Binds every listen address and starts answering.
 * @throws Error with the system's code (`EADDRINUSE`, `EACCES`, …) when an address cannot be bound
 */
export function createUserAgent(_options: UserAgentOptions): Promise<UserAgent> {
  return Promise.reject(new Error('The user agent is being built'));
}
