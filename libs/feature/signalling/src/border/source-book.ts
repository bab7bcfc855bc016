import { BAN_AT_POINTS, BAN_SECONDS, FADE_POINTS_PER_MINUTE, OFFENCES, type Offence } from './offences.js';

/** Sources remembered at most; the one that was quiet for longest is forgotten first, bans last of all. */
const MAX_SOURCES = 20_000;
const MAX_BANS = 10_000;
const DAY_MS = 24 * 3600_000;
const MINUTE_MS = 60_000;

export interface Ban {
  /** An address, or `address:port` where the address is shared with good devices. */
  readonly source: string;
  readonly reason: Offence;
  /** SIP domain that the source asked for last, where it named one. */
  readonly domain: string | null;
  readonly since: number;
  readonly until: number;
  /** How often it was banned within the last day, this time included. */
  readonly times: number;
  /** Messages that were thrown away because of it. */
  readonly dropped: number;
}

interface Suspect {
  points: number;
  countedAt: number;
}

/** The ban as it is kept: what it throws away goes on being counted. */
type BanEntry = Omit<Ban, 'dropped'> & { dropped: number };

/** Which sources have offended, how much, and which are banned. Times in milliseconds since 1970. */
export class SourceBook {
  /** In the order of their last offence. */
  private readonly suspects = new Map<string, Suspect>();
  /** In the order of their last ban; those that are over are kept for a day, to know who comes back. */
  private readonly bans = new Map<string, BanEntry>();

  /** @returns the ban, when this offence brought one */
  note(
    source: string,
    offence: Offence,
    about: { readonly domain: string | null; readonly now: number },
  ): Ban | undefined {
    const { now, domain } = about;
    if (this.isBanned(source, now)) return undefined;
    const suspect = this.suspects.get(source) ?? { points: 0, countedAt: now };
    const faded = ((now - suspect.countedAt) / MINUTE_MS) * FADE_POINTS_PER_MINUTE;
    const points = Math.max(0, suspect.points - faded) + OFFENCES[offence].points;
    this.suspects.delete(source);
    if (points >= BAN_AT_POINTS) return this.ban(source, { reason: offence, domain, now });
    this.suspects.set(source, { points, countedAt: now });
    trim(this.suspects, MAX_SOURCES);
    return undefined;
  }

  /** It has shown who it is. */
  forgive(source: string): void {
    this.suspects.delete(source);
  }

  /** Whether a message of this source is thrown away; counts it. */
  refuses(source: string, now: number): boolean {
    const ban = this.bans.get(source);
    if (ban === undefined || ban.until <= now) return false;
    ban.dropped += 1;
    return true;
  }

  /** Ends a ban and forgets what led to it. @returns whether there was one */
  lift(source: string): boolean {
    this.suspects.delete(source);
    return this.bans.delete(source);
  }

  /** The newest first. */
  list(now: number): Ban[] {
    return [...this.bans.values()].filter(({ until }) => until > now).reverse();
  }

  get size(): { readonly suspects: number; readonly bans: number } {
    return { suspects: this.suspects.size, bans: this.bans.size };
  }

  private isBanned(source: string, now: number): boolean {
    return (this.bans.get(source)?.until ?? 0) > now;
  }

  private ban(source: string, about: { reason: Offence; domain: string | null; now: number }): Ban {
    const { reason, domain, now } = about;
    const before = this.bans.get(source);
    const times = before !== undefined && now - before.until < DAY_MS ? before.times + 1 : 1;
    const seconds = BAN_SECONDS[Math.min(times, BAN_SECONDS.length) - 1] ?? BAN_SECONDS[0];
    const ban: BanEntry = { source, reason, domain, since: now, until: now + seconds * 1000, times, dropped: 0 };
    this.bans.delete(source);
    this.bans.set(source, ban);
    trim(this.bans, MAX_BANS);
    return ban;
  }
}

function trim(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
