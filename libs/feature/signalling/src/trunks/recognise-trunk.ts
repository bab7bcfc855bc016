import type { IncomingInvite } from '@carillon/sip-stack';
import { parseUri, type SipRequest } from '@carillon/sip-message';
import type { Refusal } from '../inbound/authenticate.js';
import { namesNoDomain } from '../inbound/caller-domain.js';
import type { Challenges } from '../inbound/challenges.js';
import type { Attempt, FailureLimiter } from '../inbound/failure-limiter.js';
import type { Directories } from '../routing/directories.js';
import type { Directory } from '../routing/directory.js';
import { normaliseNumber } from '../routing/route-call.js';
import { sameNumber } from './number-rules.js';
import type { TrunkLine } from './trunk-line.js';
import type { Trunks } from './trunks.js';

export type Recognition =
  | { readonly kind: 'trunk'; readonly line: TrunkLine; readonly number: string }
  /** Not from a trunk: a phone's, if anybody's. */
  | { readonly kind: 'other' }
  | ({ readonly kind: 'refused' } & Refusal);

export interface RecogniseParts {
  readonly trunks: Trunks;
  readonly directories: Directories;
  readonly challenges: Challenges;
  readonly limiter: Pick<FailureLimiter, 'isHeldBack' | 'failed' | 'succeeded' | 'sourceOf'>;
}

type Later<Outcome> = Outcome | Promise<Outcome>;

const OTHER: Recognition = { kind: 'other' };

/**
 * Which trunk an INVITE comes over, by where it comes from or by the trunk's user name and password (RFC 3261 §22). At
 * once where the directories that it names are in memory.
 */
export function recogniseTrunk(parts: RecogniseParts, invite: IncomingInvite): Later<Recognition> {
  const { request } = invite;
  const from = request.from === undefined ? undefined : parseUri(request.from.uri);
  if ((from?.scheme !== 'sip' && from?.scheme !== 'sips') || from.user === undefined) return ofStranger(parts, invite);
  const { user, host } = from;
  const directory = parts.directories.known(host);
  if (directory !== undefined) return isMember(directory, user) ? OTHER : ofStranger(parts, invite);
  return parts.directories.ofDomain(host).then((late) => (isMember(late, user) ? OTHER : ofStranger(parts, invite)));
}

/** A device of ours says who it is, and proves it: whatever address it has in common with a trunk. */
function isMember(directory: Directory | undefined, user: string): boolean {
  return directory !== undefined && (directory.devices.has(user) || directory.numbers.has(user));
}

async function ofStranger(parts: RecogniseParts, invite: IncomingInvite): Promise<Recognition> {
  const { request, source } = invite;
  const numbers = numbersOf(request);
  const known = pick(parts.trunks.from(source.address), numbers);
  if (known !== undefined) return known;
  const directory = await directoryOf(parts, hostOf(request.uriText));
  if (directory === undefined) return OTHER;
  const challenging = parts.trunks.ofOrganisation(directory.organisationId).filter(({ trunk }) => trunk.challenges);
  if (challenging.length === 0) return OTHER;
  const asked = { invite, source: parts.limiter.sourceOf(source.address), directory };
  return challenge(parts, { ...asked, lines: challenging, numbers });
}

async function challenge(
  { challenges, trunks, limiter }: RecogniseParts,
  asked: {
    invite: IncomingInvite;
    source: string;
    directory: Directory;
    lines: readonly TrunkLine[];
    numbers: readonly string[];
  },
): Promise<Recognition> {
  const { invite, source, directory, lines, numbers } = asked;
  const { request } = invite;
  const realm = directory.sipDomain;
  const attempt = challenges.inspect(request, realm);
  if (attempt.kind === 'malformed')
    return { kind: 'refused', status: 400, options: { reason: 'Malformed credentials' } };
  if (attempt.kind === 'credentials') {
    // The password of a line is guessed at as those of phones are: the same count, and the same words for all that is wrong.
    const trial: Attempt = { source, account: `${attempt.username}@${realm}` };
    if (limiter.isHeldBack(trial)) {
      challenges.answered(invite, attempt, false);
      return { kind: 'refused', status: 403 };
    }
    const line = lines.find(({ trunk }) => trunk.credentials?.username === attempt.username);
    // Whose From names nobody is judged as every member is, whether or not there is such a device.
    if (line === undefined && namesNoDomain(request)) return OTHER;
    const password = line === undefined ? undefined : trunks.passwordOf(line.trunk);
    const verdict = attempt.verify(password === undefined ? undefined : { password });
    challenges.answered(invite, attempt, verdict === 'ok');
    if (verdict === 'ok' && line !== undefined) {
      limiter.succeeded(trial);
      return pick([line], numbers) ?? { kind: 'refused', status: 404 };
    }
    if (verdict !== 'replayed') {
      limiter.failed(trial);
      return { kind: 'refused', status: 403 };
    }
  }
  // As members are, to the letter: or it would tell who is one.
  const options = { stale: attempt.kind !== 'none', profiles: directory.deviceProfiles, policy: directory.digest };
  const headers = { 'WWW-Authenticate': challenges.challenge(invite, realm, options) };
  return { kind: 'refused', status: 401, options: { headers, once: true } };
}

/** The line that has one of these numbers; else the first that takes any. */
function pick(lines: readonly TrunkLine[], numbers: readonly string[]): Recognition | undefined {
  for (const number of numbers) {
    const line = lines.find(({ trunk }) => trunk.inbound.some((one) => sameNumber(one.number, number)));
    if (line !== undefined) return { kind: 'trunk', line, number };
  }
  const open = lines.find(({ trunk }) => trunk.defaultExtension !== null) ?? lines[0];
  return open && { kind: 'trunk', line: open, number: numbers[0] ?? '' };
}

/** The number that was called: in the Request-URI, or, where that is our registered contact, in To. */
function numbersOf(request: SipRequest): string[] {
  return [request.uriText, request.to?.uri].flatMap((text) => {
    const uri = text === undefined ? undefined : parseUri(text);
    if (uri?.scheme === 'tel') return [uri.number];
    if (uri?.scheme !== 'sip' && uri?.scheme !== 'sips') return [];
    return uri.user === undefined ? [] : [normaliseNumber(uri.user).slice(0, 64)];
  });
}

function directoryOf({ directories }: RecogniseParts, host: string | undefined) {
  return host === undefined ? Promise.resolve(undefined) : directories.ofDomain(host);
}

function hostOf(text: string): string | undefined {
  const uri = parseUri(text);
  return uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.host : undefined;
}
