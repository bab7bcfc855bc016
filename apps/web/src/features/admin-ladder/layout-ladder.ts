import type { Ladder, LadderEntry, LadderMessage, LadderParticipant } from '@carillon/contracts';
import { kindOf, titleOf } from './describe-entry.js';

export interface LadderFilter {
  /** 100 Trying. */
  readonly trying: boolean;
  /** ACK and PRACK, and the answers to PRACK. */
  readonly acknowledgements: boolean;
  readonly decisions: boolean;
  /** Only what has this text in it: a method, a status, a number, a header. */
  readonly text: string;
}

export const SHOW_ALL: LadderFilter = { trying: true, acknowledgements: true, decisions: true, text: '' };

export interface LadderColumn extends LadderParticipant {
  readonly x: number;
}

export interface LadderRow {
  readonly entry: LadderEntry;
  /** In the ladder, whatever is filtered. */
  readonly index: number;
  readonly y: number;
  readonly height: number;
  /** Milliseconds since the first entry, and since the row above. */
  readonly offset: number;
  readonly delta: number;
  /** Ends of the arrow; absent for a note that is nobody's. */
  readonly from?: number;
  readonly to?: number;
  /** Lines of a note. */
  readonly lines: readonly string[];
}

export interface LadderLayout {
  readonly columns: readonly LadderColumn[];
  readonly rows: readonly LadderRow[];
  readonly width: number;
  readonly height: number;
  /** Pixels from one column to the next. */
  readonly step: number;
}

const GUTTER = 92;
/** Three branches fit beside an open message on a screen of 1280 pixels. */
const LEAST_COLUMN = 100;
const MESSAGE_HEIGHT = 40;
const LINE_HEIGHT = 18;
const NOTE_PADDING = 16;
/** Of the notes' font, on the average. */
const CHARACTER = 6.7;

/** What stands where. Pure. @param available width in pixels, which is used up where there are few columns */
export function layOutLadder(ladder: Ladder, filter: LadderFilter, available: number): LadderLayout {
  const count = Math.max(2, ladder.participants.length);
  const step = Math.max(LEAST_COLUMN, Math.floor((available - GUTTER) / count));
  const width = GUTTER + step * count;
  const columns = ladder.participants.map((participant, index) => ({
    ...participant,
    x: GUTTER + step * (index + 0.5),
  }));
  const xOf = new Map(columns.map(({ id, x }) => [id, x]));
  const own = xOf.get('carillon') ?? GUTTER;
  const start = ladder.entries[0]?.at ?? ladder.startedAt;
  const rows: LadderRow[] = [];
  let y = 8;
  for (const [index, entry] of ladder.entries.entries()) {
    if (!isShown(entry, filter)) continue;
    const lines = entry.kind === 'note' ? wrap(entry.text, Math.floor((width - GUTTER - 48) / CHARACTER)) : [];
    const toApplication = entry.kind === 'note' && entry.participant?.startsWith('application:') === true;
    const height =
      entry.kind === 'message' ? MESSAGE_HEIGHT : lines.length * LINE_HEIGHT + NOTE_PADDING + (toApplication ? 12 : 0);
    const other = entry.participant === null ? undefined : xOf.get(entry.participant);
    const isArrow = other !== undefined && (entry.kind === 'message' || toApplication);
    const [from, to] = entry.kind === 'message' && entry.direction === 'in' ? [other, own] : [own, other];
    rows.push({
      ...{ entry, index, y, height, lines },
      offset: entry.at - start,
      delta: entry.at - (rows.at(-1)?.entry.at ?? entry.at),
      ...(isArrow && from !== undefined && to !== undefined && { from, to }),
    });
    y += height;
  }
  return { columns, rows, width, step, height: y + 12 };
}

export function isShown(entry: LadderEntry, filter: LadderFilter): boolean {
  return isWanted(entry, filter) && has(entry, filter.text.trim().toLowerCase());
}

function has(entry: LadderEntry, text: string): boolean {
  if (text === '') return true;
  if (entry.kind === 'note') return entry.text.toLowerCase().includes(text);
  return titleOf(entry).toLowerCase().includes(text) || entry.octets.toLowerCase().includes(text);
}

function isWanted(entry: LadderEntry, filter: LadderFilter): boolean {
  if (entry.kind === 'note') return filter.decisions;
  if (entry.status === 100) return filter.trying;
  return filter.acknowledgements || (entry.method !== 'ACK' && entry.method !== 'PRACK');
}

/** Breaks at blanks. */
function wrap(text: string, characters: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > characters) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * The message that says why a call failed, or what failed in it: the last failure that the caller was told of, else the last of
 * all. What phones said before one of them answered, and that the others stopped ringing, is no failure of the call.
 */
export function findFailure({ entries, participants }: Ladder): number | undefined {
  const callers = new Set(participants.filter(({ kind }) => kind === 'caller').map(({ id }) => id));
  const isToCaller = ({ direction, participant }: LadderMessage) => direction === 'out' && callers.has(participant);
  const messages = entries.flatMap((entry, index) => (entry.kind === 'message' ? [{ entry, index }] : []));
  const answer = messages.find(
    ({ entry }) => entry.method === 'INVITE' && kindOf(entry) === 'success' && isToCaller(entry),
  );
  const failures = messages.filter(
    ({ entry, index }) =>
      kindOf(entry) === 'failure' &&
      (answer === undefined || (index > answer.index && entry.status !== REQUEST_TERMINATED)),
  );
  return (failures.findLast(({ entry }) => isToCaller(entry)) ?? failures.at(-1))?.index;
}

/** RFC 3261 §21.4.25: what a phone answers when it is told to stop ringing. */
const REQUEST_TERMINATED = 487;
