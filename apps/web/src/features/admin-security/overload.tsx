import type { BorderState, ShedCalls } from '@carillon/contracts';
import { Alert, List, Text } from '@mantine/core';
import { IconGauge } from '@tabler/icons-react';
import { formatClock } from '../../ui/format-time.js';
import { shedSummary } from './shed-summary.js';

/** Why calls were turned away, and what helps. */
const WORDS: Readonly<Record<ShedCalls['why'], { readonly because: string; readonly next: string }>> = {
  slow: {
    because: 'the server came too late with everything',
    next: 'Look at what else runs on this machine. If it happens at busy hours, give Carillon more or faster processor cores.',
  },
  waiting: {
    because: 'too many calls waited to be set up',
    next: 'The database or the sound is slower than calls come in: look at the disk and at the health page.',
  },
  full: {
    because: 'as many calls were going on as this server takes',
    next: 'Spread calls over a second server, or ask why there are so many.',
  },
};

/** Says so when new calls are turned away, or were within the last hour; calls that go on are not touched. */
export function Overload({ state: { admittedShare, shed } }: { state: BorderState }) {
  const reasons = shedSummary(shed);
  const isNow = admittedShare < 1;
  if (!isNow && reasons.length === 0) return null;
  const total = reasons.reduce((sum, { calls }) => sum + calls, 0);
  return (
    <Alert
      icon={<IconGauge size={18} />}
      color="orange"
      title={isNow ? 'More calls than this server can take' : 'New calls were turned away within the last hour'}
      mb="md"
    >
      {isNow && (
        <Text size="sm">
          {Math.round(admittedShare * 100)} % of new calls are let in at the moment, the others are asked to try again
          in some seconds.
        </Text>
      )}
      {total > 0 && (
        <List size="sm" my={4} aria-label="Why calls were turned away">
          {reasons.map(({ why, calls, from, to }) => (
            <List.Item key={why}>
              {calls.toLocaleString()} {calls === 1 ? 'call' : 'calls'} {spanText(from, to)}, because{' '}
              {WORDS[why].because}. {WORDS[why].next}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="sm">Calls in progress are not affected.</Text>
    </Alert>
  );
}

function spanText(from: string, to: string): string {
  return from === to ? `at ${formatClock(from)}` : `from ${formatClock(from)} to ${formatClock(to)}`;
}
