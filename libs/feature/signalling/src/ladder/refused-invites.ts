import type { Ladder } from '@carillon/contracts';
import type { OrganisationId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import { bracketHost, parseMessage, parseUri } from '@carillon/sip-message';
import type { Unclaimed } from './capture.js';
import { LADDER_LIMITS } from './ladder-limits.js';
import { redactHead } from './redact-head.js';

export interface RefusedInvite {
  readonly organisationId: OrganisationId;
  readonly refused: NonNullable<Ladder['refused']>;
  /** `address:port` that it came from. */
  readonly source: string;
}

export interface RefusedInvitesParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly organisationOf: (host: string) => Promise<OrganisationId | undefined>;
}

const MINUTE_MS = 60_000;

/**
 * Which INVITEs that became no call are worth keeping: those that were refused, in the organisation whose domain they
 * name. Only so many a minute: a scanner sends thousands.
 */
export class RefusedInvites {
  private minute = 0;
  private readonly kept = new Map<OrganisationId, number>();

  constructor(private readonly parts: RefusedInvitesParts) {}

  async judge({ log, refusal }: Unclaimed): Promise<RefusedInvite | undefined> {
    if (refusal === undefined) return undefined;
    let invite = 0;
    while (invite < log.size && (log.remarkAt(invite) !== undefined || log.directionAt(invite) === 'out')) invite += 1;
    if (invite === log.size) return undefined;
    const { remoteAddress, remotePort } = log.wayAt(invite);
    const parsed = parseMessage(log.octetsAt(invite));
    if (!parsed.ok || parsed.message.kind !== 'request') return undefined;
    const { from, uriText } = parsed.message;
    try {
      const organisationId = await this.organisationIn([from?.uri, uriText]);
      if (organisationId === undefined || !this.mayKeep(organisationId)) return undefined;
      const refused = { status: refusal, from: short(from?.uri ?? 'unknown'), to: short(uriText) };
      return { organisationId, refused, source: `${bracketHost(remoteAddress)}:${remotePort}` };
    } catch (error) {
      this.parts.logger.debug({ error }, 'Cannot tell whose a refused INVITE is');
      return undefined;
    }
  }

  private async organisationIn(uris: readonly (string | undefined)[]): Promise<OrganisationId | undefined> {
    for (const uri of uris) {
      const parsed = uri === undefined ? undefined : parseUri(uri);
      if (parsed?.scheme !== 'sip' && parsed?.scheme !== 'sips') continue;
      const found = await this.parts.organisationOf(parsed.host);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private mayKeep(organisationId: OrganisationId): boolean {
    const minute = Math.floor(this.parts.clock.now() / MINUTE_MS);
    if (minute !== this.minute) this.kept.clear();
    this.minute = minute;
    const count = this.kept.get(organisationId) ?? 0;
    this.kept.set(organisationId, count + 1);
    return count < LADDER_LIMITS.refusedPerMinute;
  }
}

/** Without a password, and without what the database or a page would choke on. */
function short(uri: string): string {
  // eslint-disable-next-line no-control-regex -- These very characters are to go.
  return redactHead(uri)
    .replace(/[\u0000-\u001f\u007f]/g, '')
    .slice(0, 120);
}
