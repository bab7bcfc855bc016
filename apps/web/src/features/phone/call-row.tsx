import type { CallRecord } from '@carillon/contracts';
import { ActionIcon, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconInfoCircle, IconPhone, IconPhoneIncoming, IconPhoneOutgoing, IconPhoneX } from '@tabler/icons-react';
import { useMe } from '../../api/queries.js';
import { OutcomeBadge, otherEnd, partyName } from '../../ui/call-words.js';
import { formatClock, formatDay, formatDateTime, formatDuration } from '../../ui/format-time.js';
import { CallExplanation } from './call-explanation.js';
import classes from './phone.module.css';
import { usePlaceCall } from './use-place-call.js';

/** What the user knew of at the time. */
const NOTICED: ReadonlySet<CallRecord['outcome']> = new Set(['answered', 'declined', 'redirected']);

/** One call of the user's history. A missed one stands out. */
export function CallRow({ record }: { record: CallRecord }) {
  const me = useMe();
  const place = usePlaceCall();
  const [explained, { open, close }] = useDisclosure(false);
  const { party, incoming } = otherEnd(record, me.userId);
  const missed = incoming && !NOTICED.has(record.outcome);
  const Icon = missed ? IconPhoneX : incoming ? IconPhoneIncoming : IconPhoneOutgoing;
  return (
    <li className={classes['row']} data-missed={missed} data-testid={`call-${record.callId}`}>
      <Icon
        size={20}
        className={classes['direction'] ?? ''}
        aria-label={missed ? 'Missed' : incoming ? 'Incoming' : 'Outgoing'}
      />
      <div className={classes['rowText']}>
        <Text fw={missed ? 700 : 500} truncate c={missed ? 'var(--mantine-color-error)' : 'inherit'}>
          {partyName(party)}
        </Text>
        <Text size="sm" c="dimmed" title={formatDateTime(record.startedAt)}>
          {[party.name === null ? null : party.number, formatDay(record.startedAt), formatClock(record.startedAt)]
            .filter((part) => part !== null)
            .join(' · ')}
        </Text>
      </div>
      {record.outcome === 'answered' ? (
        <Text size="sm" className="tabular" c="dimmed">
          {formatDuration(record.durationSeconds)}
        </Text>
      ) : (
        <OutcomeBadge outcome={record.outcome} />
      )}
      <Tooltip label="What happened">
        <ActionIcon aria-label={`What happened on the call with ${partyName(party)}`} onClick={open}>
          <IconInfoCircle size={18} />
        </ActionIcon>
      </Tooltip>
      {explained && <CallExplanation record={record} onClose={close} />}
      <Tooltip label={`Call ${party.number}`}>
        <ActionIcon
          aria-label={`Call ${partyName(party)}`}
          onClick={() => place.mutate(party.number)}
          loading={place.isPending}
        >
          <IconPhone size={18} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}
