import type { PresenceState } from '@carillon/contracts';
import { Avatar, Box } from '@mantine/core';
import classes from './person-avatar.module.css';

/** Pairs of background and text colour that keep 4.5:1 in both schemes. */
const COLOURS = ['#8a3b12', '#0b6570', '#5b3f9b', '#9b2c5e', '#2b5ba8', '#3c6b1f', '#7a4a00', '#444f7a'] as const;

const PRESENCE_WORDS: Readonly<Record<PresenceState, string>> = {
  available: 'Available',
  away: 'Away',
  'in-a-call': 'In a call',
  offline: 'Offline',
};

export const presenceWord = (state: PresenceState): string => PRESENCE_WORDS[state];

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`;
  return letters.toUpperCase();
}

/** The same name always has the same colour. */
export function colourOf(name: string): string {
  let sum = 0;
  for (const character of name) sum = (sum * 131 + (character.codePointAt(0) ?? 0)) % 65_537;
  return COLOURS[sum % COLOURS.length] ?? COLOURS[0];
}

interface PersonAvatarProps {
  name: string;
  /** Absent: no dot. */
  presence?: PresenceState | undefined;
  size?: number;
}

/** Initials on a colour of their own, with a dot for presence. */
export function PersonAvatar({ name, presence, size = 38 }: PersonAvatarProps) {
  return (
    <Box className={classes['root']} w={size} h={size}>
      <Avatar
        size={size}
        radius="xl"
        aria-hidden
        styles={{ placeholder: { background: colourOf(name), color: '#fff', border: 0, fontWeight: 600 } }}
      >
        {initialsOf(name)}
      </Avatar>
      {presence !== undefined && <PresenceDot state={presence} className={classes['dot']} />}
    </Box>
  );
}

/** Presence as a dot whose shape differs too, not only its colour. */
function PresenceDot({ state, className }: { state: PresenceState; className?: string | undefined }) {
  return (
    <span
      role="img"
      aria-label={presenceWord(state)}
      title={presenceWord(state)}
      data-state={state}
      className={`${classes['presence']} ${className ?? ''}`}
    />
  );
}
