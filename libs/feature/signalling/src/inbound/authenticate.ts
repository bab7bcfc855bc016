import { parseUri, type SipRequest } from '@carillon/sip-message';
import type { IncomingRequest, ReplyOptions } from '@carillon/sip-stack';
import type { Clock } from '@carillon/service-runtime';
import type { Directories } from '../routing/directories.js';
import type { Directory, DirectoryDevice, DirectoryUser } from '../routing/directory.js';
import type { Caller } from './caller.js';
import type { Challenges } from './challenges.js';
import type { Attempt, FailureLimiter } from './failure-limiter.js';

/** How long a wrong answer is kept back once an address has been wrong too often. */
const SLOW_ANSWER_MS = 1_500;
/** Answers kept back at once: more are given at once, or a flood would fill the memory. */
const MAX_SLOW_ANSWERS = 500;

export interface Refusal {
  readonly status: number;
  readonly options?: ReplyOptions;
}
export type Authentication = { readonly ok: true; readonly caller: Caller } | ({ readonly ok: false } & Refusal);

/** Says who sent a request, by Digest (RFC 3261 §22, RFC 8760). Asks for credentials where there are none. */
export class Authenticate {
  private slowAnswers = 0;

  constructor(
    private readonly directories: Directories,
    private readonly challenges: Challenges,
    private readonly limiter: FailureLimiter,
    private readonly clock: Clock,
    /** Hosts that stand for `defaultDomain`: phones set up with our address only. */
    private readonly own: { readonly hosts: ReadonlySet<string>; readonly defaultDomain: string },
  ) {}

  async check(incoming: IncomingRequest): Promise<Authentication> {
    const { request, source } = incoming;
    const directory = await this.directoryOf(request);
    if (directory === undefined) return { ok: false, status: 404, options: { reason: 'Unknown domain' } };
    const realm = directory.sipDomain;
    const attempt = this.challenges.inspect(request, realm);
    switch (attempt.kind) {
      case 'none':
        return this.challenge(incoming, realm, false);
      case 'stale':
        return this.challenge(incoming, realm, true);
      case 'malformed':
        return { ok: false, status: 400, options: { reason: 'Malformed credentials' } };
      case 'credentials': {
        const trial: Attempt = { source: source.address, account: `${attempt.username}@${realm}` };
        if (await this.limiter.isHeldBack(trial)) return this.refuseSlowly();
        const account = findAccount(directory, attempt.username);
        const verdict = attempt.verify(account === undefined ? undefined : { ha1: account.device.ha1 });
        if (verdict === 'replayed') return this.challenge(incoming, realm, true);
        if (verdict === 'ok' && account !== undefined) {
          this.limiter.succeeded(trial);
          return { ok: true, caller: { directory, ...account } };
        }
        await this.limiter.failed(trial);
        return { ok: false, status: 403 };
      }
    }
  }

  /** The organisation that From (in REGISTER: To, the address of record) names by its host. */
  async directoryOf(request: SipRequest): Promise<Directory | undefined> {
    const address = request.method === 'REGISTER' ? request.to : request.from;
    const host = hostOf(address?.uri);
    if (host === undefined) return undefined;
    const named = await this.directories.ofDomain(host);
    if (named !== undefined || !this.own.hosts.has(host)) return named;
    return this.directories.ofDomain(this.own.defaultDomain);
  }

  /** Whether a Request-URI's host is this organisation's domain, or we ourselves. */
  isOwnHost(directory: Directory, uri: string): boolean {
    const host = hostOf(uri);
    return host !== undefined && (host === directory.sipDomain || this.own.hosts.has(host));
  }

  private challenge(incoming: IncomingRequest, realm: string, stale: boolean): Authentication {
    const challenges = this.challenges.challenge(incoming, realm, { stale });
    return { ok: false, status: 401, options: { headers: { 'WWW-Authenticate': challenges } } };
  }

  /** The same words as for a wrong password, but late. */
  private async refuseSlowly(): Promise<Authentication> {
    if (this.slowAnswers < MAX_SLOW_ANSWERS) {
      this.slowAnswers += 1;
      await new Promise<void>((settle) => {
        this.clock.after(SLOW_ANSWER_MS, settle);
      });
      this.slowAnswers -= 1;
    }
    return { ok: false, status: 403 };
  }
}

/** Undefined for what does not exist and for what is disabled: neither is told apart from a wrong password. */
function findAccount(
  directory: Directory,
  username: string,
): { device: DirectoryDevice; user: DirectoryUser } | undefined {
  const device = directory.devices.get(username);
  const user = device === undefined ? undefined : directory.users.get(device.userId);
  return device === undefined || user === undefined || device.disabled || user.disabled ? undefined : { device, user };
}

function hostOf(uri: string | undefined): string | undefined {
  const parsed = uri === undefined ? undefined : parseUri(uri);
  return parsed?.scheme === 'sip' || parsed?.scheme === 'sips' ? parsed.host : undefined;
}
