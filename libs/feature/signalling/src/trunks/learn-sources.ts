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
 * over servers that are being taken out of service; ours are sent on (302) to those of today alone.
 */
export async function learnSources(
  parts: TrunkParts,
  line: TrunkLine,
  ofSystem: (host: string) => Promise<string[]> = plainAddresses,
): Promise<void> {
  const { trunk, closing } = line;
  if (isIP(trunk.host) !== 0) return;
  while (!closing.signal.aborted) {
    const ways = [parts.userAgent.addressesOf(trunkUri(trunk)), ofSystem(trunk.host)];
    // Each as soon as it is there: a call may come while the other way is still silent.
    const found = await Promise.all(
      ways.map(async (way) => {
        const addresses = await way;
        for (const address of addresses) line.addSource(address);
        return addresses;
      }),
    );
    const addresses = found.flat();
    // No answer of the DNS is no news.
    if (addresses.length > 0) line.resolvedTo(addresses);
    else parts.logger.warn({ trunk: trunk.name }, 'The host of a trunk has no address');
    if (closing.signal.aborted) return;
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
