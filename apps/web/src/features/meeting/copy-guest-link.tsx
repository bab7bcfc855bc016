import type { Room } from '@carillon/contracts';
import { Button } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { CopyButton } from '../../ui/copy-button.js';

/** Copies the address by which someone without an account comes in; nothing where the room has none. */
export function CopyGuestLink({ room }: { room: Pick<Room, 'name' | 'guestUrl'> }) {
  if (room.guestUrl === null) return null;
  return (
    <CopyButton value={new URL(room.guestUrl, window.location.origin).href}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={18} /> : <IconLink size={18} />}
          aria-label={`${copied ? 'Copied' : 'Copy'} the guest link of ${room.name}`}
        >
          {copied ? 'Copied' : 'Guest link'}
        </Button>
      )}
    </CopyButton>
  );
}
