import { isIP } from 'node:net';
import { buildUri, type SipResponse } from '@carillon/sip-message';
import type { UserAgent } from '@carillon/sip-stack';
import { redirectTargets, type LeftContact, type RedirectTarget } from './redirect-targets.js';
import type { Trunk } from './trunk.js';
import type { Trunks } from './trunks.js';

/** How often one call over a trunk is sent on. */
const MOST_ANSWERS = 5;

export interface RedirectParts {
  readonly userAgent: Pick<UserAgent, 'addressesOf'>;
  readonly trunks: Pick<Trunks, 'isServerOf'>;
}

/**
 * Where the answers of one trunk have sent a call on to: each URI is asked once (RFC 3261 §8.1.3.4), and only servers of the provider
 * are. A Contact leads no call to somebody else's, let alone with our credentials.
 */
export class TrunkRedirects {
  private readonly known: Set<string>;
  private readonly waiting: RedirectTarget[] = [];
  private answers = 0;

  constructor(
    private readonly parts: RedirectParts,
    private readonly trunk: Trunk,
    private readonly asked: { readonly uri: string; readonly number: string },
  ) {
    this.known = new Set([asked.uri]);
  }

  /** What a 3xx names comes before what those before it have left. @returns what of it is not followed */
  async take(response: SipResponse): Promise<readonly LeftContact[]> {
    const { targets, left } = redirectTargets(response, this.trunk, this.asked);
    this.answers += 1;
    if (this.answers > MOST_ANSWERS) return targets.map(({ uri }) => ({ uri, why: 'the call was sent on too often' }));
    const more: LeftContact[] = [...left];
    const fresh: RedirectTarget[] = [];
    for (const target of targets) {
      const key = [target.uri, ...(target.route ?? [])].join(' ');
      if (this.known.has(key)) more.push({ uri: target.uri, why: 'it was asked before' });
      else if (await this.isOfProvider(target)) fresh.push(target);
      else more.push({ uri: target.uri, why: 'it is at no server of the provider' });
      this.known.add(key);
    }
    this.waiting.unshift(...fresh);
    return more;
  }

  get hasMore(): boolean {
    return this.waiting.length > 0;
  }

  next(): RedirectTarget | undefined {
    return this.waiting.shift();
  }

  /** The trunk's own name or addresses, or a name that leads to them alone. */
  private async isOfProvider({ server }: RedirectTarget): Promise<boolean> {
    const { trunks, userAgent } = this.parts;
    // What `maddr` names is where a request goes (RFC 3261 §19.1.1).
    const host = (server.parameters.get('maddr') ?? server.host).replace(/^\[|\]$/g, '').toLowerCase();
    if (host === this.trunk.host.toLowerCase()) return true;
    const addresses = isIP(host) === 0 ? await userAgent.addressesOf(buildUri(server)) : [host];
    return addresses.length > 0 && addresses.every((address) => trunks.isServerOf(this.trunk, address));
  }
}
