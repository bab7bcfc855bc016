import type { Trunk } from '@carillon/contracts';
import { Badge, Stack, Text } from '@mantine/core';
import { adviceFor, conditionOf } from './trunk-words.js';

/** The state lamp of a trunk: colour and words, with what is wrong and what to do below. */
export function TrunkLamp({ trunk }: { trunk: Trunk }) {
  const condition = conditionOf(trunk);
  const { words, colour, problem } = condition;
  const advice = adviceFor(condition);
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
      {advice !== null && <Text size="xs">{advice}</Text>}
    </Stack>
  );
}
