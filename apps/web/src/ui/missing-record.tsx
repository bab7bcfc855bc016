import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link, type To } from 'react-router';
import { EmptyState } from './empty-state.js';

interface MissingRecordProps {
  /** Such as "room". */
  what: string;
  /** Leads to all of them: closes the drawer over their list, or is the address of that list. */
  way: (() => void) | To;
}

/** At an address that leads to nothing. */
export function MissingRecord({ what, way }: MissingRecordProps) {
  const words = `Show all ${what}s`;
  return (
    <EmptyState
      icon={<IconMapOff size={28} />}
      title={`This ${what} is not there`}
      hint="It was deleted, it belongs to another organisation, or the address is mistyped."
      action={
        typeof way === 'function' ? (
          <Button variant="default" onClick={way}>
            {words}
          </Button>
        ) : (
          <Button component={Link} to={way} variant="default">
            {words}
          </Button>
        )
      }
    />
  );
}
