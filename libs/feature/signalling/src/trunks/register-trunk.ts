import { trunkAddress, trunkUri } from './trunk-address.js';
import type { TrunkLine } from './trunk-line.js';
import type { TrunkParts } from './trunk-parts.js';

const EXPIRES_SECONDS = 600;
const RETRY = { baseSeconds: 15, maximumSeconds: 600 } as const;

/** Keeps us registered with the provider, so that its calls find us (RFC 3261 §10). */
export function registerTrunk(parts: TrunkParts, line: TrunkLine): void {
  const { trunk } = line;
  const credentials = parts.credentialsOf(trunk);
  if (trunk.credentials === undefined) return;
  const { username } = trunk.credentials;
  line.registration = 'registering';
  line.registered = parts.userAgent
    .register({
      registrar: trunkUri(trunk),
      address: trunkAddress(trunk, username),
      contactUser: username,
      expiresSeconds: EXPIRES_SECONDS,
      retry: RETRY,
      ...(credentials === undefined ? {} : { credentials }),
    })
    .on('registered', ({ flow }) => {
      line.registration = 'registered';
      line.reachable = 'yes';
      line.problem = null;
      if (flow !== undefined) line.addSource(flow.remoteAddress);
    })
    .on('failed', ({ status, reason }, retrySeconds) => {
      line.registration = 'failed';
      line.problem = `${status} ${reason}`;
      parts.logger.warn({ trunk: trunk.name, status, reason, retrySeconds }, 'A trunk was not registered');
    });
}
