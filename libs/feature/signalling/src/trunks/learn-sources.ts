import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { trunkUri } from './trunk-address.js';
import type { TrunkLine } from './trunk-line.js';
import type { TrunkParts } from './trunk-parts.js';

/** Providers move: how often their name is looked up again. */
const AGAIN_MS = 300_000;

/**
 * Calls come from the servers that the trunk's name leads to (RFC 3263: NAPTR, SRV, A, AAAA), or from its plain
 * addresses. Asked again and again until the line is closed; an address that was one once stays one, since calls go on
 * over servers that are being taken out of service.
 */
export async function learnSources(parts: TrunkParts, line: TrunkLine): Promise<void> {
  const { trunk, closing } = line;
  if (isIP(trunk.host) !== 0) return;
  while (!closing.signal.aborted) {
    const found = new Set(await parts.userAgent.addressesOf(trunkUri(trunk)));
    for (const address of await plainAddresses(trunk.host)) found.add(address);
    for (const address of found) line.addSource(address);
    if (found.size === 0) parts.logger.warn({ trunk: trunk.name }, 'The host of a trunk has no address');
    await new Promise<void>((settle) => {
      const stop = parts.clock.after(AGAIN_MS, settle);
      const end = (): void => {
        stop();
        settle();
      };
      closing.signal.addEventListener('abort', end, { once: true });
    });
  }
}

/** As the system knows them, by DNS or by its hosts file. */
async function plainAddresses(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    // A domain may have SRV records alone.
    return [];
  }
}
