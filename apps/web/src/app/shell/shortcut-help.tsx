import { Group, Kbd, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { staffItems } from './navigation-items.js';

function Row({ keys, what }: { keys: readonly string[]; what: string }) {
  return (
    <Group justify="space-between">
      <Text size="sm">{what}</Text>
      <Group gap={4}>
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </Group>
    </Group>
  );
}

export function openShortcutHelp(): void {
  modals.open({
    title: 'Keyboard shortcuts',
    children: (
      <Stack gap="xs">
        {staffItems.map((item) => (
          <Row key={item.to} keys={['g', item.key ?? '']} what={item.label} />
        ))}
        <Row keys={['/']} what="Search on this page" />
        <Row keys={['?']} what="This list" />
        <Row keys={['m']} what="In a meeting: microphone" />
        <Row keys={['v']} what="In a meeting: camera" />
        <Row keys={['h']} what="In a meeting: raise your hand" />
      </Stack>
    ),
  });
}
