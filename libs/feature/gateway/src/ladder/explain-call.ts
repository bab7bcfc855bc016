import type { CallExplanation, CallRecord, Ladder, LadderMessage, LiveCall, LiveLeg } from '@carillon/contracts';

export interface ExplainedCall {
  /** Undefined for an INVITE that became none. */
  readonly call: Omit<LiveCall, 'organisationId' | 'revision'> | undefined;
  /** Undefined where nothing is kept: then times on the way are not known. */
  readonly ladder: Ladder | undefined;
  /** Names of devices by id. */
  readonly devices: ReadonlyMap<string, string>;
}

/** What happened on a call and why, for people who do not read SIP. Pure. */
export function explainCall(explained: ExplainedCall): CallExplanation {
  const { call, ladder } = explained;
  if (call === undefined) return explainRefused(ladder);
  const callees = call.legs.filter(({ role }) => role === 'callee');
  const applications = notesOf(ladder, 'call.handed-over');
  return {
    headline: headlineOf(call, applications, ladder),
    steps: [
      `${nameOf(call.from)} called ${targetOf(call)}.`,
      ...notesOf(ladder, 'limit.calls').map((text) => `${text}.`),
      ...notesOf(ladder, 'user.not-rung').map((text) => `${text}.`),
      ...callees.map((leg) => explainLeg(leg, explained)),
      ...notesOf(ladder, 'trunk.passed-over', 'trunk.in-clear', 'trunk.insisted').map((text) => `${text}.`),
      ...notesOf(ladder, 'call.transferred').map((text) => `${text}.`),
      ...notesOf(ladder, 'call.redirected').map((text) => `${text}.`),
      ...applications.map((text) => `${text}.`),
      ...endOf(call),
    ],
  };
}

function explainRefused(ladder: Ladder | undefined): CallExplanation {
  const refused = ladder?.refused;
  if (refused === null || refused === undefined) return { headline: 'Nothing is known of this call.', steps: [] };
  const why = REFUSALS.get(refused.status) ?? 'Carillon refused it';
  return {
    headline: `A call from ${refused.from} was refused with ${refused.status}: ${why}.`,
    steps: [
      `It was for ${refused.to}.`,
      ...notesOf(ladder, 'caller.authenticated', 'limit.calls', 'invite.refused').map((text) => `${text}.`),
    ],
  };
}

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [400, 'the request was malformed'],
  [403, 'the user name or the password was wrong'],
  [404, 'the number or the domain does not exist'],
  [482, 'the call went round in a circle'],
  [483, 'it had been forwarded too often'],
  [486, 'the caller has too many calls'],
  [488, 'no audio format was common'],
  [503, 'there was too much to do, or a part of Carillon was away'],
]);

type Call = NonNullable<ExplainedCall['call']>;

function headlineOf(call: Call, applications: readonly string[], ladder: Ladder | undefined): string {
  const [from, to] = [nameOf(call.from), targetOf(call)];
  const talked =
    call.answeredAt === null || call.endedAt === null ? null : secondsBetween(call.answeredAt, call.endedAt);
  if (call.state !== 'ended') return `${from} is calling ${to}: ${STATES[call.state]}.`;
  switch (call.outcome) {
    case 'answered':
      return `${from} talked to ${to} for ${duration(talked ?? 0)}.`;
    case 'voicemail':
      return `${from} reached the voicemail of ${to}${applications.some((text) => text.includes('nobody')) ? ', since nobody answered' : ''}.`;
    case 'missed':
      if (!call.legs.some(({ role }) => role === 'callee'))
        return `${to} could not be reached by ${from}: no phone is registered.`;
      return ladder === undefined || call.legs.some((leg) => leg.role === 'callee' && isHeard(leg, ladder))
        ? `${to} did not answer ${from}.`
        : `${to} could not be reached by ${from}.`;
    case 'busy':
      return `${to} was busy when ${from} called.`;
    case 'declined':
      return `${to} declined the call from ${from}.`;
    case 'redirected':
      return `${from} called ${to} and was told where the phone is.`;
    case 'cancelled':
      return `${from} gave up before ${to} answered.`;
    case null:
      return `${from} called ${to}; how it ended is not known.`;
    default:
      return `The call from ${from} to ${nameOf(call.to)} failed: ${call.endReason ?? 'the reason is not known'}.`;
  }
}

const STATES: Readonly<Record<LiveCall['state'], string>> = {
  routing: 'it is being routed',
  ringing: 'it rings',
  answered: 'they are talking',
  ended: 'it is over',
};

function explainLeg(leg: LiveLeg, { call, ladder, devices }: ExplainedCall): string {
  const participant = ladder?.participants.find(({ id }) => id === leg.legId);
  const device = participant?.detail ?? (leg.deviceId === null ? undefined : devices.get(leg.deviceId));
  const known = leg.userId !== null && leg.userId === call?.to.userId ? call.to.name : null;
  const label = participant?.label ?? leg.number;
  const who = label === leg.number ? (known ?? label) : label;
  const phone = phoneInWords(who, device ?? undefined, leg);
  const rang = ringingSeconds(leg, ladder);
  const ringing =
    rang === undefined
      ? leg.sipStatus !== null && leg.sipStatus >= 100
        ? 'rang'
        : 'was called'
      : rang < 1
        ? 'rang briefly'
        : `rang ${rang} s`;
  if (leg.state !== 'ended') return `${phone} ${leg.state === 'answered' ? 'answered' : ringing}.`;
  if (leg.sipStatus === 200) return `${phone} ${rang === undefined ? 'answered' : `${ringing} and was answered`}.`;
  const reason = leg.reason === null ? '' : ` (${leg.reason})`;
  switch (leg.sipStatus) {
    case 302:
      return `${phone} is to be called directly${reason}.`;
    case 486:
    case 600:
      return `${phone} was busy.`;
    case 603:
    case 607:
    case 608:
      return `${phone} declined the call.`;
    default:
      if (leg.reason === 'Completed elsewhere') return `${phone} ${ringing} until another phone answered.`;
      if (isSilent(leg, ladder))
        return `${phone} could not be reached${leg.reason === 'No answer' ? ': it gave no answer at all' : reason}.`;
      if (leg.reason === 'No answer') return `${phone} ${ringing}, nobody answered.`;
      return rang === undefined
        ? `${phone} could not be reached${reason}.`
        : `${phone} ${ringing}, then stopped${reason}.`;
  }
}

/** A phone is somebody's; a number outside is called over a trunk, whose name then stands in place of a device's. */
function phoneInWords(who: string, device: string | undefined, { userId, deviceId }: LiveLeg): string {
  if (device === undefined) return who;
  return userId === null && deviceId === null ? `${who} over ${device}` : `${who}'s ${lowerFirst(device)}`;
}

const messagesOf = (leg: LiveLeg, ladder: Ladder | undefined): LadderMessage[] =>
  (ladder?.entries ?? []).filter(
    (entry): entry is LadderMessage => entry.kind === 'message' && entry.participant === leg.legId,
  );

/** Whether it ever said more than that it is trying. */
const isHeard = (leg: LiveLeg, ladder: Ladder | undefined): boolean =>
  messagesOf(leg, ladder).some(({ direction, status }) => direction === 'in' && status !== 100);

/** It was asked, as far as is known, and said nothing. */
const isSilent = (leg: LiveLeg, ladder: Ladder | undefined): boolean =>
  messagesOf(leg, ladder).length > 0 && !isHeard(leg, ladder);

/** From its first 18x to what ended its INVITE. */
function ringingSeconds(leg: LiveLeg, ladder: Ladder | undefined): number | undefined {
  const messages = messagesOf(leg, ladder);
  const rang = messages.find(
    ({ direction, status }) => direction === 'in' && status !== null && status > 100 && status < 200,
  );
  const over = messages.find(
    ({ at, method, status, direction }) =>
      rang !== undefined &&
      at >= rang.at &&
      ((direction === 'in' && method === 'INVITE' && status !== null && status >= 200) || method === 'CANCEL'),
  );
  return rang === undefined || over === undefined ? undefined : Math.round((over.at - rang.at) / 1000);
}

function endOf(call: Call): string[] {
  if (call.state !== 'ended' || call.outcome === null) return [];
  const talked =
    call.answeredAt === null || call.endedAt === null ? undefined : secondsBetween(call.answeredAt, call.endedAt);
  const after = talked === undefined ? '' : ` after ${duration(talked)}`;
  return [`The call ended${after}${call.endReason === null ? '' : `: ${lowerFirst(call.endReason)}`}.`];
}

function notesOf(ladder: Ladder | undefined, ...codes: readonly string[]): string[] {
  return (ladder?.entries ?? []).flatMap((entry) =>
    entry.kind === 'note' && codes.includes(entry.code) ? [entry.text] : [],
  );
}

const nameOf = ({ name, number }: CallRecord['from']): string => (name ?? number) || 'Someone';

function targetOf({ to }: Call): string {
  const name = (to.name ?? to.number) || 'an unknown number';
  if (to.kind === 'group') return `the group ${name}`;
  if (to.kind === 'ivr') return `the menu ${name}`;
  if (to.kind === 'room') return `the meeting room ${name}`;
  return to.kind === 'unknown' ? `${name}, which nobody has` : name;
}

const secondsBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 1000);

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** Inside a sentence; abbreviations and phrases in capitals, as those of SIP ("Service Unavailable"), stay. */
const lowerFirst = (text: string): string =>
  /^[A-Z][a-z]+(?:$| [^A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
