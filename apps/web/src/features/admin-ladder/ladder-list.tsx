import { Badge, Group, Text, UnstyledButton } from '@mantine/core';
import { IconArrowRight, IconInfoCircle } from '@tabler/icons-react';
import { formatDelta, kindOf, sayEntry, seconds, titleOf } from './describe-entry.js';
import type { LadderViewProps } from './ladder-diagram.js';
import classes from './ladder.module.css';
import { layOutLadder, type LadderRow } from './layout-ladder.js';

/** The ladder as a list: for small screens, and for who cannot use the diagram. */
export function LadderList({ ladder, filter, opened, onOpen }: LadderViewProps) {
  const { rows } = layOutLadder(ladder, filter, 0);
  const nameOf = (id: string) => ladder.participants.find((participant) => participant.id === id)?.label ?? id;
  return (
    <ol className={classes['list']} aria-label="Messages and decisions">
      {rows.map((row) => (
        <li key={row.index}>
          {row.entry.kind === 'message' ? (
            <UnstyledButton
              className={classes['listMessage']}
              data-kind={kindOf(row.entry)}
              data-opened={row.index === opened}
              aria-pressed={row.index === opened}
              data-index={row.index}
              onClick={() => onOpen(row.index)}
            >
              <MessageLine row={row} nameOf={nameOf} />
            </UnstyledButton>
          ) : (
            <div className={classes['listNote']} data-category={row.entry.category}>
              <IconInfoCircle size={16} aria-hidden />
              <Text size="sm">{sayEntry(row.entry, nameOf)}</Text>
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}

function MessageLine({ row: { entry, offset, delta }, nameOf }: { row: LadderRow; nameOf: (id: string) => string }) {
  if (entry.kind !== 'message') return null;
  const who = nameOf(entry.participant);
  const [from, to] = entry.direction === 'in' ? [who, 'Carillon'] : ['Carillon', who];
  return (
    <>
      <Group gap="xs" wrap="nowrap" justify="space-between">
        <Group gap="xs" wrap="nowrap">
          <Text span fw={650} className={classes['listTitle'] ?? ''}>
            {titleOf(entry)}
          </Text>
          {entry.sdp && <Badge color="gray">SDP</Badge>}
          {entry.repeats > 0 && <Badge color="orange">sent {entry.repeats + 1}×</Badge>}
        </Group>
        <Text span size="xs" c="dimmed" className="tabular">
          {offset === 0 ? seconds(offset) : `${seconds(offset)} · ${formatDelta(delta)}`}
        </Text>
      </Group>
      <Group gap={6} wrap="nowrap" c="dimmed">
        <Text span size="sm">
          {from}
        </Text>
        <IconArrowRight size={15} aria-label="to" />
        <Text span size="sm">
          {to}
        </Text>
      </Group>
    </>
  );
}
