import type { CallOutcome, CallRecord, LiveCall, Party } from '@carillon/contracts';
import { Badge } from '@mantine/core';

const OUTCOMES: Readonly<Record<CallOutcome, { word: string; color: string }>> = {
  answered: { word: 'Answered', color: 'teal' },
  voicemail: { word: 'Voicemail', color: 'blue' },
  missed: { word: 'Missed', color: 'red' },
  busy: { word: 'Busy', color: 'orange' },
  declined: { word: 'Declined', color: 'orange' },
  cancelled: { word: 'Cancelled', color: 'gray' },
  redirected: { word: 'Redirected', color: 'gray' },
  failed: { word: 'Failed', color: 'red' },
};

export const CALL_OUTCOMES = Object.entries(OUTCOMES).map(([value, { word }]) => ({ value, label: word }));

export function OutcomeBadge({ outcome }: { outcome: CallOutcome }) {
  const { word, color } = OUTCOMES[outcome];
  return <Badge color={color}>{word}</Badge>;
}

const STATES: Readonly<Record<LiveCall['state'], { word: string; color: string }>> = {
  routing: { word: 'Connecting', color: 'gray' },
  ringing: { word: 'Ringing', color: 'yellow' },
  answered: { word: 'Talking', color: 'teal' },
  ended: { word: 'Ended', color: 'gray' },
};

export function CallStateBadge({ state }: { state: LiveCall['state'] }) {
  const { word, color } = STATES[state];
  return <Badge color={color}>{word}</Badge>;
}

/** The name, else the number. */
export const partyName = (party: Party): string => party.name ?? party.number;

/** The end of the call that is not the user, and which way it went for them. */
export function otherEnd(call: Pick<CallRecord, 'from' | 'to'>, userId: string): { party: Party; incoming: boolean } {
  return call.from.userId === userId ? { party: call.to, incoming: false } : { party: call.from, incoming: true };
}
