import type { OrganisationId, UserId } from '@carillon/domain';
import { BAN_AT_POINTS, BAN_SECONDS, FADE_POINTS_PER_MINUTE, OFFENCES, type Offence } from './offences.js';

/** Sources remembered at most; the one that was quiet for longest is forgotten first, bans last of all. */
const MAX_SOURCES = 20_000;
export const MAX_BANS = 10_000;
export const DAY_MS = 24 * 3600_000;
const MINUTE_MS = 60_000;

export interface Ban {
  /** An address, the /64 of an IPv6 address, or `address:port` where the address is shared with good devices. */
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
  /** Set where an administrator has ended it. */
  readonly lifted: Lift | null;
}

/** Who ended a ban, and when. */
export interface Lift {
  readonly at: number;
  readonly byUserId: UserId;
  readonly byName: string;
  /** Whose administrator that was. */
  readonly organisationId: OrganisationId;
}

interface Suspect {
  points: number;
  countedAt: number;
}

/** The ban as it is kept: what it throws away goes on being counted. */
type BanEntry = Omit<Ban, 'dropped' | 'lifted'> & { dropped: number; lifted: Lift | null };

/**
 * Which sources have offended, how much, and which are banned. Times in milliseconds since 1970. Whoever writes it down
 * is told which source has another ban than before, or none any more (`find`).
 */
export class SourceBook {
  /** In the order of their last offence. */
  private readonly suspects = new Map<string, Suspect>();
  /** In the order of their last ban; those that are over are kept for a day, to know who comes back. */
  private readonly bans = new Map<string, BanEntry>();

  /** @param tell what the other processes of signalling count, too */
  constructor(
    private readonly changed: (source: string) => void = () => undefined,
    private readonly tell: (what: 'points' | 'forgiven', source: string, points: number) => void = () => undefined,
  ) {}

  /** What was known before the service stopped, in the order in which it came about. */
  restore(bans: Iterable<Ban>): void {
    for (const ban of bans) this.bans.set(ban.source, { ...ban });
  }

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
    this.tell('points', source, OFFENCES[offence].points);
    return undefined;
  }

  /** What it has done in another process. It is banned where it does the next thing. */
  learnPoints(source: string, points: number, now: number): void {
    if (this.isBanned(source, now)) return;
    const suspect = this.suspects.get(source) ?? { points: 0, countedAt: now };
    const faded = ((now - suspect.countedAt) / MINUTE_MS) * FADE_POINTS_PER_MINUTE;
    this.suspects.delete(source);
    this.suspects.set(source, { points: Math.max(0, suspect.points - faded) + points, countedAt: now });
    trim(this.suspects, MAX_SOURCES);
  }

  /** It has shown who it is. */
  forgive(source: string): void {
    if (this.suspects.delete(source)) this.tell('forgiven', source, 0);
  }

  /** It has shown so in another process. */
  learnForgiven(source: string): void {
    this.suspects.delete(source);
  }

  /** Whether a message of this source is thrown away; counts it. */
  refuses(source: string, now: number): boolean {
    if (this.bans.size === 0) return false;
    const ban = this.bans.get(source);
    if (ban === undefined || !holds(ban, now)) return false;
    ban.dropped += 1;
    return true;
  }

  isBanned(source: string, now: number): boolean {
    const ban = this.bans.get(source);
    return ban !== undefined && holds(ban, now);
  }

  /** Ends a ban and forgets what led to it: a further one is again the first. @returns whether there was one */
  lift(source: string, lift: Lift): boolean {
    const ban = this.bans.get(source);
    if (ban === undefined || !holds(ban, lift.at)) return false;
    this.suspects.delete(source);
    ban.lifted = lift;
    this.changed(source);
    return true;
  }

  /** How another process has found a source to be: banned, or let in again. It is not told on. */
  learn(ban: Ban): void {
    const dropped = this.bans.get(ban.source)?.dropped ?? ban.dropped;
    this.suspects.delete(ban.source);
    this.bans.delete(ban.source);
    this.bans.set(ban.source, { ...ban, dropped });
    trim(this.bans, MAX_BANS);
  }

  /** The lift could not be written down: the ban goes on. */
  takeBackLift(source: string, lift: Lift): void {
    const ban = this.bans.get(source);
    if (ban?.lifted !== lift) return;
    ban.lifted = null;
    this.changed(source);
  }

  find(source: string): Ban | undefined {
    return this.bans.get(source);
  }

  /** Those that hold, the newest first. */
  list(now: number): Ban[] {
    return [...this.bans.values()].filter((ban) => holds(ban, now)).reverse();
  }

  /** Those that were lifted within the last day, the last one first. */
  listLifted(now: number): (Ban & { readonly lifted: Lift })[] {
    return [...this.bans.values()]
      .filter((ban): ban is BanEntry & { lifted: Lift } => ban.lifted !== null && now - ban.lifted.at < DAY_MS)
      .sort((one, other) => other.lifted.at - one.lifted.at);
  }

  get size(): { readonly suspects: number; readonly bans: number } {
    return { suspects: this.suspects.size, bans: this.bans.size };
  }

  private ban(source: string, about: { reason: Offence; domain: string | null; now: number }): Ban {
    const { reason, domain, now } = about;
    const before = this.bans.get(source);
    const again = before !== undefined && before.lifted === null && now - before.until < DAY_MS;
    const times = again ? before.times + 1 : 1;
    const seconds = BAN_SECONDS[Math.min(times, BAN_SECONDS.length) - 1] ?? BAN_SECONDS[0];
    const until = now + seconds * 1000;
    const ban: BanEntry = { source, reason, domain, since: now, until, times, dropped: 0, lifted: null };
    this.bans.delete(source);
    this.bans.set(source, ban);
    this.changed(source);
    const gone = trim(this.bans, MAX_BANS);
    if (gone !== undefined) this.changed(gone);
    return ban;
  }
}

function holds({ until, lifted }: BanEntry, now: number): boolean {
  return until > now && lifted === null;
}

/** @returns what was taken out */
function trim(map: Map<string, unknown>, most: number): string | undefined {
  if (map.size <= most) return undefined;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
  return oldest;
}
