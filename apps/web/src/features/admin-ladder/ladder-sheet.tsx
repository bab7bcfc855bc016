import type { LadderView } from '@carillon/contracts';
import {
  Alert,
  Badge,
  Button,
  Card,
  Chip,
  Drawer,
  Group,
  List,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { LadderDiagram } from './ladder-diagram.js';
import { LadderList } from './ladder-list.js';
import classes from './ladder.module.css';
import { findFailure, isShown, SHOW_ALL, type LadderFilter } from './layout-ladder.js';
import { MessagePanel } from './message-panel.js';
import { useOpenedMessage } from './use-opened-message.js';

const FILTERS = [
  ['trying', '100 Trying'],
  ['acknowledgements', 'ACK'],
  ['decisions', 'Decisions'],
] as const satisfies readonly (readonly [Exclude<keyof LadderFilter, 'text'>, string])[];

function showEntry(index: number): void {
  const found = document.querySelector<HTMLElement>(`[data-index="${index}"]`);
  found?.scrollIntoView({ block: 'center' });
  found?.focus({ preventScroll: true });
}

/** The ladder in words, as diagram or list, and the message that is open. */
export function LadderSheet({ view: { ladder, explanation } }: { view: LadderView }) {
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [shown, setShown] = useState<string[]>(FILTERS.map(([name]) => name));
  const [form, setForm] = useState('diagram');
  const { opened, open, close } = useOpenedMessage();
  const [text, setText] = useState('');
  const filter: LadderFilter = {
    trying: shown.includes('trying'),
    acknowledgements: shown.includes('acknowledgements'),
    decisions: shown.includes('decisions'),
    text,
  };
  const failure = findFailure(ladder);
  const isEmpty = !ladder.entries.some((one) => isShown(one, filter));
  const goTo = (index: number) => {
    setText('');
    setShown(FILTERS.map(([name]) => name));
    open(index);
    // It may be drawn only now.
    requestAnimationFrame(() => showEntry(index));
  };
  // An address may name a message far down.
  const [named] = useState(opened);
  useEffect(() => {
    if (named === null) return;
    // The diagram is drawn once more as soon as it knows its width.
    const frame = requestAnimationFrame(() => showEntry(named));
    return () => cancelAnimationFrame(frame);
  }, [named]);
  const shownMessages = ladder.entries.flatMap((one, index) =>
    one.kind === 'message' && isShown(one, filter) ? [index] : [],
  );
  const [before, after] =
    opened === null
      ? []
      : [shownMessages.findLast((index) => index < opened), shownMessages.find((index) => index > opened)];
  // Who has read it is back where they were.
  const closePanel = () => {
    close();
    const row = document.querySelector<HTMLElement>(`[data-index="${opened}"]`);
    row?.focus({ preventScroll: true });
  };
  const stepTo = (index: number | undefined) => (index === undefined ? undefined : () => stepOn(index));
  const stepOn = (index: number) => {
    open(index);
    document.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const entry = opened === null ? undefined : ladder.entries[opened];
  const message = entry?.kind === 'message' ? entry : undefined;
  const isList = narrow || form === 'list';
  const Form = isList ? LadderList : LadderDiagram;
  return (
    <Stack gap="md">
      <Card component="section" aria-label="What happened">
        <List spacing={2} size="sm" type="ordered">
          {explanation.steps.map((step, index) => (
            <List.Item key={index}>{step}</List.Item>
          ))}
        </List>
      </Card>
      <Group justify="space-between">
        <Group gap="xs">
          <Chip.Group multiple value={shown} onChange={setShown}>
            <Group gap="xs" role="group" aria-label="Show">
              {FILTERS.map(([name, label]) => (
                <Chip key={name} value={name} size="sm">
                  {label}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <TextInput
            aria-label="Search in the messages"
            placeholder="BYE, 486, Call-ID …"
            size="xs"
            w={180}
            leftSection={<IconSearch size={14} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {failure !== undefined && (
            <Button size="compact-sm" variant="default" onClick={() => goTo(failure)}>
              Go to what failed
            </Button>
          )}
          {ladder.live && <Badge color="teal">Going on now</Badge>}
        </Group>
        {!narrow && (
          <SegmentedControl
            aria-label="Form"
            value={form}
            onChange={setForm}
            data={[
              { value: 'diagram', label: 'Diagram' },
              { value: 'list', label: 'List' },
            ]}
          />
        )}
      </Group>
      {ladder.notKept > 0 && (
        <Alert color="yellow">
          {ladder.notKept} further messages were not kept: the limit of one call was reached.
        </Alert>
      )}
      {!narrow && message === undefined && (
        <Text size="sm" c="dimmed">
          Choose a message to read it. The arrow keys walk from one to the next.
        </Text>
      )}
      <div className={classes['columns']} data-split={!narrow && message !== undefined}>
        <Card padding={isList ? 'sm' : 0} className={classes['canvas'] ?? ''}>
          {isEmpty ? (
            <Text c="dimmed" p="md">
              Nothing of this call has that in it.{' '}
              <Button variant="subtle" size="compact-sm" onClick={() => setText(SHOW_ALL.text)}>
                Show all
              </Button>
            </Text>
          ) : (
            <Form {...{ ladder, filter, opened }} onOpen={open} onClose={close} />
          )}
        </Card>
        {!narrow && message !== undefined && (
          <Card component="section" aria-label="Message" className={classes['side'] ?? ''}>
            <MessagePanel
              {...{ message, ladder, onPrevious: stepTo(before), onNext: stepTo(after) }}
              onClose={closePanel}
            />
          </Card>
        )}
      </div>
      {narrow === true && (
        <Drawer opened={message !== undefined} onClose={close} title="Message" size="100%">
          {message !== undefined && (
            <MessagePanel {...{ message, ladder, onPrevious: stepTo(before), onNext: stepTo(after) }} />
          )}
        </Drawer>
      )}
    </Stack>
  );
}
