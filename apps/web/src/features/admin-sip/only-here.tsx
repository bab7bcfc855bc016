import { Alert } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';

/** Only programs of the same machine reach it: 127.0.0.0/8, ::1 and their name. */
const isLoopback = (host: string): boolean => /^127\.|^\[?::1\]?$|^localhost$/i.test(host);

/** Says why a desk phone will not find the server that listens for its own machine alone. Nothing for any other. */
export function OnlyHere({ host }: { host: string }) {
  if (!isLoopback(host)) return null;
  return (
    <Alert color="orange" icon={<IconPlugConnectedX size={18} />} title="Only this machine gets through" my="sm">
      {host} leads every device to itself. To let phones in, start Carillon with <code>CARILLON_SIP_HOST</code> and{' '}
      <code>CARILLON_ADVERTISED_ADDRESS</code>, the address that they reach this machine at.
    </Alert>
  );
}
