import type { CallTargetKind, Party } from '@carillon/contracts';
import { Text } from '@mantine/core';

const KINDS: Readonly<Record<CallTargetKind, string | null>> = {
  user: null,
  group: 'ring group',
  ivr: 'IVR menu',
  room: 'meeting room',
  voicemail: 'voicemail',
  echo: 'echo',
  external: null,
  unknown: 'unknown number',
};

/** One end of a call: its name above its number and what it is. */
export function PartyCell({ party, kind }: { party: Party; kind?: CallTargetKind }) {
  const what = kind === undefined ? null : KINDS[kind];
  const below = [party.name === null ? null : party.number, what].filter((part) => part !== null).join(' · ');
  return (
    <div>
      <Text fw={600} size="sm">
        {party.name ?? party.number}
      </Text>
      {below !== '' && (
        <Text size="xs" c="dimmed" className="tabular">
          {below}
        </Text>
      )}
    </div>
  );
}
