import type { CallExplanation, Ladder, LadderEntry } from '@carillon/contracts';
import { hostInUrl } from '@carillon/domain';

const RULE = '-'.repeat(78);

/** A ladder for a mail to whoever helps: what happened in words, an overview, then every message. */
export function buildLadderText(ladder: Ladder, explanation: CallExplanation): string {
  const { callId, startedAt, participants, entries, notKept } = ladder;
  const nameOf = new Map(
    participants.map(({ id, label, detail }) => [id, detail === null ? label : `${label} (${detail})`]),
  );
  const lines = [
    `Call ${callId}, ${new Date(startedAt).toISOString()}`,
    '',
    explanation.headline,
    ...explanation.steps.map((step) => `  - ${step}`),
    '',
    'Participants',
    ...participants.map(({ id }) => `  ${nameOf.get(id)}`),
    '',
    'Overview (seconds since the first entry)',
    ...entries.map((entry, index) => overviewOf(entry, { index, startedAt: entries[0]?.at ?? startedAt, nameOf })),
    ...(notKept === 0 ? [] : [`  ${notKept} further messages were not kept.`]),
    '',
    'Secrets were taken out before the messages were kept.',
  ];
  const messages = entries.flatMap((entry, index) =>
    entry.kind === 'message'
      ? [RULE, `[${index + 1}] ${new Date(entry.at).toISOString()} ${wayOf(entry)}`, '', decode(entry.octets)]
      : [],
  );
  return `${[...lines, ...messages].join('\n').replace(/\r\n/g, '\n')}\n`;
}

interface Overview {
  readonly index: number;
  readonly startedAt: number;
  readonly nameOf: ReadonlyMap<string, string>;
}

function overviewOf(entry: LadderEntry, { index, startedAt, nameOf }: Overview): string {
  const at = ((entry.at - startedAt) / 1000).toFixed(3).padStart(9);
  const number = `[${index + 1}]`.padStart(6);
  const who = entry.participant === null ? '' : (nameOf.get(entry.participant) ?? entry.participant);
  if (entry.kind === 'note') return `${number} ${at}      * ${entry.text}${who === '' ? '' : ` [${who}]`}`;
  const { direction, status, method, reason, sdp, repeats } = entry;
  const what = status === null ? method : `${status} ${reason} (${method})`;
  const marks = [sdp ? 'SDP' : '', repeats > 0 ? `repeated ${repeats} times` : ''].filter((mark) => mark !== '');
  return `${number} ${at}  ${direction === 'in' ? '-->' : '<--'} ${what}${marks.length > 0 ? ` [${marks.join(', ')}]` : ''}  ${who}`;
}

function wayOf({ direction, protocol, local, remote }: LadderEntry & { kind: 'message' }): string {
  const [from, to] = direction === 'in' ? [remote, local] : [local, remote];
  return `${protocol.toUpperCase()} ${hostInUrl(from.address)}:${from.port} -> ${hostInUrl(to.address)}:${to.port}`;
}

const decode = (octets: string): string => Buffer.from(octets, 'latin1').toString('utf8');
