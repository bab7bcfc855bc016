import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { EmptyState } from './empty-state.js';

/** In a drawer whose address leads to nothing. @param what such as "room" */
export function MissingRecord({ what, onClose }: { what: string; onClose: () => void }) {
  return (
    <EmptyState
      icon={<IconMapOff size={28} />}
      title={`This ${what} is not there`}
      hint="It was deleted, it belongs to another organisation, or the address is mistyped."
      action={
        <Button variant="default" onClick={onClose}>
          Show all {what}s
        </Button>
      }
    />
  );
}
