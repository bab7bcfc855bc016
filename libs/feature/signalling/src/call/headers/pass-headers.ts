import { buildReason, type Reason, type SipMessage } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import { hidesUser, type Privacy } from '../identity/privacy.js';
import {
  DROPPED,
  PASSED,
  PRIVATE_HEADER_MESSAGES,
  REWRITTEN,
  type Crossing,
  type PassedHeader,
} from './pass-through.js';

/** Values of one header at most, and octets of one value: more is not passed on. */
const MOST_VALUES = 8;
const LONGEST_VALUE = 1024;
const LONGEST_PRIVATE_VALUE = 256;
const MOST_REASONS = 4;

export interface PassPolicy {
  /** The sender is a member of the organisation, or a trunk that it trusts. */
  readonly trusted: boolean;
  readonly privacy: Privacy;
  /** Private headers that the organisation lets through, e.g. `X-Customer`. */
  readonly privateHeaders: readonly string[];
  /** Where the caller is may be told. */
  readonly location: boolean;
}

/** Headers that are still being put together. */
export type HeadersInMaking = Record<string, string | readonly string[]>;

/** What may cross with each kind of message. */
const PASSED_WITH = new Map<Crossing, readonly PassedHeader[]>();
for (const header of PASSED) {
  for (const crossing of header.messages) PASSED_WITH.set(crossing, [...(PASSED_WITH.get(crossing) ?? []), header]);
}

const NONE: readonly PassedHeader[] = [];

/** Names that the tables decide about, whatever list of private ones they are on: Geolocation goes by `location`. */
const OF_THE_TABLES: ReadonlySet<string> = new Set(
  [...[...PASSED, ...REWRITTEN].map(({ name }) => name), ...DROPPED].map((name) => name.toLowerCase()),
);

/** What of a message goes on to the other leg as it came. The caller may add to it. */
export function passHeaders(message: SipMessage, crossing: Crossing, policy: PassPolicy): HeadersInMaking {
  const passed: HeadersInMaking = {};
  const hidden = hidesUser(policy.privacy);
  for (const header of PASSED_WITH.get(crossing) ?? NONE) {
    if (!message.has(header.name)) continue;
    if (header.trusted === true && !policy.trusted) continue;
    if (header.identifying === true && hidden) continue;
    if (header.location === true && !policy.location) continue;
    take(passed, message, { name: header.name, longest: LONGEST_VALUE });
  }
  if (hidden || policy.privateHeaders.length === 0 || !PRIVATE_HEADER_MESSAGES.includes(crossing)) return passed;
  // However an admin has written a name, and however often, it is one header (RFC 3261 §7.3.1).
  const taken = new Set<string>();
  for (const name of policy.privateHeaders) {
    const sameName = name.toLowerCase();
    if (OF_THE_TABLES.has(sameName) || taken.has(sameName) || !message.has(name)) continue;
    taken.add(sameName);
    take(passed, message, { name, longest: LONGEST_PRIVATE_VALUE });
  }
  return passed;
}

function take(into: HeadersInMaking, message: SipMessage, { name, longest }: { name: string; longest: number }): void {
  const values = message.headers(name).slice(0, MOST_VALUES);
  const fitting = values.filter((value) => value.length > 0 && value.length <= longest);
  if (fitting.length > 0) into[name] = fitting;
}

/** RFC 3326 causes, bounded, as they go on to the other leg. */
export function passReasons(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.slice(0, MOST_REASONS).map((reason) => ({
    protocol: reason.protocol,
    ...(reason.cause === undefined ? {} : { cause: reason.cause }),
    ...(reason.text === undefined ? {} : { text: reason.text.slice(0, 128) }),
  }));
}

/** What a refusal tells the caller beside its status. @param agent who warns, in place of the other side's address */
export function passRefusal(response: SipMessage, policy: PassPolicy, agent: string): HeaderFields {
  const passed = passHeaders(response, 'refusal', policy);
  if (response.has('Reason')) {
    const reasons = passReasons(response.reasons).map(buildReason);
    if (reasons.length > 0) passed['Reason'] = reasons;
  }
  if (response.has('Warning')) {
    const warnings = response
      .values('Warning')
      .slice(0, MOST_VALUES)
      .flatMap((value) => rewriteWarning(value, agent));
    if (warnings.length > 0) passed['Warning'] = warnings;
  }
  return passed;
}

/** `399 192.0.2.7 "text"`: the agent tells an address of the other side (RFC 3261 §20.43). */
function rewriteWarning(value: string, agent: string): string[] {
  const found = /^(\d{3}) \S{1,256} (".{0,512}")$/.exec(value.trim());
  return found === null ? [] : [`${found[1] ?? '399'} ${agent} ${found[2] ?? '""'}`];
}
