import { parseHostPort, type SipRequest, type SipUri } from '@carillon/sip-message';
import type { IncomingRequest, ReplyOptions } from '@carillon/sip-stack';
import type { Clock } from '@carillon/service-runtime';
import type { Registrar } from '../registrar/registrar.js';
import type { Directories } from '../routing/directories.js';
import type { Directory, DirectoryDevice, DirectoryUser } from '../routing/directory.js';
import { isOwnHost, withoutRoot } from '../routing/own-host.js';
import { asksForHelp } from './asked-service.js';
import type { Caller } from './caller.js';
import { callerDomain, hostOf, userOf } from './caller-domain.js';
import type { Challenges } from './challenges.js';
import type { Attempt, FailureLimiter } from './failure-limiter.js';
import type { Owner } from './learnt-phone.js';

/** How long a wrong answer is kept back once an address has been wrong too often. */
const SLOW_ANSWER_MS = 1_500;
/** Answers kept back at once: more are given at once, or a flood would fill the memory. */
const MAX_SLOW_ANSWERS = 500;

export interface Refusal {
  readonly status: number;
  readonly options?: ReplyOptions;
}
export type Refused = { readonly ok: false } & Refusal;
export type Authentication = { readonly ok: true; readonly caller: Caller } | Refused;
export type RegisterAuthentication =
  | {
      readonly ok: true;
      readonly caller: Caller;
      /** Right credentials whose nonce count was used before: the very same request again, or a recorded one. */
      readonly repeated: boolean;
    }
  | Refused;
/** A request, and where it came from. */
export type Asked = Pick<IncomingRequest, 'request' | 'source'> & {
  /** We are the proxy that it goes through. */
  readonly forProxy?: boolean;
};
type Later<Outcome> = Outcome | Promise<Outcome>;

/** What tells our own phones from others before they have proven anything. */
export interface OwnFacts {
  /** They stand for `defaultDomain`: phones set up with our address only. */
  readonly hosts: ReadonlySet<string>;
  readonly defaultDomain: string;
  readonly registrar: Pick<Registrar, 'ofUser'>;
}

/**
 * Says who sent a request, by Digest (RFC 3261 §22, RFC 8760). Asks for credentials where there are none. The answer is
 * there at once while the organisation's directory is in memory.
 */
export class Authenticate {
  private slowAnswers = 0;

  constructor(
    private readonly directories: Directories,
    private readonly challenges: Challenges,
    private readonly limiter: FailureLimiter,
    private readonly clock: Clock,
    private readonly own: OwnFacts,
  ) {}

  check(incoming: Asked): Later<Authentication> {
    const directory = this.directoryOf(incoming.request);
    return directory instanceof Promise
      ? directory.then(async (late) => this.judgeOnce(incoming, late ?? (await this.directoryOfKnown(incoming))))
      : this.judgeOnce(incoming, directory);
  }

  /** As `check`, for a request that we only pass on: 407 and the headers of proxies (RFC 3261 §22.3). */
  checkForProxy({ request, source }: Asked): Later<Authentication> {
    return this.check({ request, source, forProxy: true });
  }

  /**
   * As `check`, but lets through what came before: a REGISTER may be repeated, and its bindings know whether it is.
   * @param addressOfRecord of To: its host names the organisation
   */
  checkRegister(incoming: Asked, addressOfRecord: SipUri | undefined): Later<RegisterAuthentication> {
    const directory = this.directoryOfHost(addressOfRecord?.host);
    return directory instanceof Promise
      ? directory.then((late) => this.judge(incoming, late))
      : this.judge(incoming, directory);
  }

  /** The organisation that who sends a request belongs to, as it says itself: nothing is proven yet. */
  directoryOf(request: SipRequest): Later<Directory | undefined> {
    return this.directoryOfHost(this.domainOf(request));
  }

  /** As `directoryOf`, of what is in memory. */
  knownDirectoryOf(request: SipRequest): Directory | undefined {
    const host = this.domainOf(request);
    if (host === undefined) return undefined;
    const { hosts, defaultDomain } = this.own;
    return (
      this.directories.known(host) ?? (hosts.has(withoutRoot(host)) ? this.directories.known(defaultDomain) : undefined)
    );
  }

  /** Who asks for help by its name and says none of their own, names no domain at all (RFC 5031). */
  private domainOf(request: SipRequest): string | undefined {
    return callerDomain(request) ?? (asksForHelp(request) ? this.own.defaultDomain : undefined);
  }

  private directoryOfHost(host: string | undefined): Later<Directory | undefined> {
    if (host === undefined) return undefined;
    const { hosts, defaultDomain } = this.own;
    return (
      this.directories.known(host) ??
      this.directoryOfStranger(host, hosts.has(withoutRoot(host)) ? defaultDomain : undefined)
    );
  }

  /** Whether a Request-URI's host is this organisation's domain, or we ourselves. */
  isOwnHost(directory: Directory, uri: string): boolean {
    return this.isOwn(directory, hostOf(uri));
  }

  /** As `isOwnHost`, of the host alone; undefined where the URI has none. */
  isOwn(directory: Directory, host: string | undefined): boolean {
    return isOwnHost(host, directory.sipDomain, this.own.hosts);
  }

  /** 401 for credentials that were right but are used up. */
  challengeAgain(incoming: Asked, directory: Directory): Refused {
    return this.challenge(incoming, directory, true);
  }

  /**
   * The organisation of a device whose From has a domain of nobody's here: Asterisk and others write their own address there
   * unless told otherwise. It proved itself from this address before; to others nothing is said of who is a member.
   */
  private async directoryOfKnown({ request, source }: Asked): Promise<Directory | undefined> {
    const user = userOf(request.from?.uri);
    if (user === undefined) return undefined;
    const asked = hostOf(request.uriText);
    // A service and a telephone number are in no domain, and whom help is asked of need not be one of ours.
    const directory =
      (await this.directoryOfHost(asked)) ??
      (asked === undefined || asksForHelp(request) ? await this.directoryOfHost(this.own.defaultDomain) : undefined);
    if (directory === undefined) return undefined;
    const attempt = { source: this.limiter.sourceOf(source.address), account: `${user}@${directory.sipDomain}` };
    const isKnown = this.limiter.isKnown(attempt) || this.isRegisteredFrom(attempt.source, user, directory);
    return isKnown ? directory : undefined;
  }

  /** Registrations outlive a restart. @param user a device's, or a number */
  private isRegisteredFrom(source: string, user: string, { devices, numbers }: Directory): boolean {
    const target = numbers.get(user);
    const userId = devices.get(user)?.userId ?? (target?.kind === 'user' ? target.userId : undefined);
    if (userId === undefined) return false;
    return this.own.registrar.ofUser(userId).some((binding) => {
      const host = parseHostPort(binding.source)?.host;
      return host !== undefined && this.limiter.sourceOf(host) === source;
    });
  }

  private async directoryOfStranger(host: string, otherwise: string | undefined): Promise<Directory | undefined> {
    const named = await this.directories.ofDomain(host);
    return named !== undefined || otherwise === undefined ? named : this.directories.ofDomain(otherwise);
  }

  private judge(incoming: Asked, directory: Directory | undefined): Later<RegisterAuthentication> {
    const { request, source } = incoming;
    if (directory === undefined) return { ok: false, status: 404, options: { reason: 'Unknown domain' } };
    const realm = directory.sipDomain;
    const header = incoming.forProxy === true ? 'Proxy-Authorization' : 'Authorization';
    const attempt = this.challenges.inspect(request, realm, header);
    switch (attempt.kind) {
      case 'none':
        return this.challenge(incoming, directory, false);
      case 'stale':
        return this.challenge(incoming, directory, true);
      case 'malformed':
        return { ok: false, status: 400, options: { reason: 'Malformed credentials' } };
      case 'credentials': {
        // Not what we asked for: asked again, as whoever brings nothing (RFC 8760 §2.4).
        if (directory.digest === 'sha256-only' && attempt.algorithm === 'MD5') {
          this.challenges.answered(incoming, attempt, false);
          return this.challenge(incoming, directory, false);
        }
        const trial: Attempt = {
          source: this.limiter.sourceOf(source.address),
          account: `${attempt.username}@${realm}`,
        };
        if (this.limiter.isHeldBack(trial)) {
          this.challenges.answered(incoming, attempt, false);
          return this.refuseSlowly();
        }
        const account = findAccount(directory, attempt.username);
        const verdict = attempt.verify(account === undefined ? undefined : { ha1: account.device.ha1 });
        this.challenges.answered(
          incoming,
          attempt,
          verdict === 'ok' && account !== undefined && ownerOf(directory, account),
        );
        if (verdict === 'wrong' || account === undefined) {
          this.limiter.failed(trial);
          return { ok: false, status: 403 };
        }
        const { device, user } = account;
        const caller: Caller = { directory, device, user };
        if (verdict === 'replayed') return { ok: true, caller, repeated: true };
        this.limiter.succeeded(trial);
        return { ok: true, caller, repeated: false };
      }
    }
  }

  private judgeOnce(incoming: Asked, directory: Directory | undefined): Later<Authentication> {
    const outcome = this.judge(incoming, directory);
    return outcome instanceof Promise
      ? outcome.then((late) => this.refuseRepeated(incoming, late))
      : this.refuseRepeated(incoming, outcome);
  }

  private refuseRepeated(incoming: Asked, outcome: RegisterAuthentication): Authentication {
    return outcome.ok && outcome.repeated ? this.challengeAgain(incoming, outcome.caller.directory) : outcome;
  }

  /** Sent without being remembered, as RFC 3261 §8.2.7 advises: whoever repeats its request is challenged anew. */
  private challenge(incoming: Asked, { sipDomain, deviceProfiles, digest }: Directory, stale: boolean): Refused {
    const options = { stale, profiles: deviceProfiles, policy: digest };
    const challenges = this.challenges.challenge(incoming, sipDomain, options);
    if (incoming.forProxy === true)
      return { ok: false, status: 407, options: { headers: { 'Proxy-Authenticate': challenges } } };
    return { ok: false, status: 401, options: { headers: { 'WWW-Authenticate': challenges }, once: true } };
  }

  /** The same words as for a wrong password, but late. */
  private refuseSlowly(): Later<Refused> {
    const refused: Refused = { ok: false, status: 403 };
    if (this.slowAnswers >= MAX_SLOW_ANSWERS) return refused;
    this.slowAnswers += 1;
    return new Promise((settle) => {
      this.clock.after(SLOW_ANSWER_MS, () => {
        this.slowAnswers -= 1;
        settle(refused);
      });
    });
  }
}

const ownerOf = ({ organisationId }: Directory, { device: { deviceId } }: { device: DirectoryDevice }): Owner => ({
  organisationId,
  deviceId,
});

/** Undefined for what does not exist and for what is disabled: neither is told apart from a wrong password. */
function findAccount(
  directory: Directory,
  username: string,
): { device: DirectoryDevice; user: DirectoryUser } | undefined {
  const device = directory.devices.get(username);
  const user = device === undefined ? undefined : directory.users.get(device.userId);
  return device === undefined || user === undefined || device.disabled || user.disabled ? undefined : { device, user };
}
