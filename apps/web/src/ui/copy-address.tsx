import { Button } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { CopyButton } from './copy-button.js';

/** Copies the address of what is shown, to be sent to a colleague. */
export function CopyAddress() {
  return (
    <CopyButton value={window.location.href}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={18} /> : <IconLink size={18} />}
          onClick={copy}
        >
          {copied ? 'Copied' : 'Copy link'}
        </Button>
      )}
    </CopyButton>
  );
}
