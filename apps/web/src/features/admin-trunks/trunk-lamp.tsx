import type { Trunk } from '@carillon/contracts';
import { Badge, Stack, Text } from '@mantine/core';
import { conditionOf } from './trunk-words.js';

/** The state lamp of a trunk: colour and words, with what is wrong below. */
export function TrunkLamp({ trunk }: { trunk: Trunk }) {
  const { words, colour, problem } = conditionOf(trunk);
  return (
    <Stack gap={2} align="flex-start">
      <Badge variant="dot" color={colour}>
        {words}
      </Badge>
      {problem !== null && (
        <Text size="xs" c="dimmed">
          {problem}
        </Text>
      )}
    </Stack>
  );
}
