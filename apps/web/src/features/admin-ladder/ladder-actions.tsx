import { routes, type Ladder } from '@carillon/contracts';
import { Button, Tooltip } from '@mantine/core';
import { IconDownload, IconFileText, IconHistory, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call } from '../../api/api.js';
import { buildUrl } from '../../api/build-url.js';
import { keyOf } from '../../api/query-keys.js';
import { CopyAddress } from '../../ui/copy-address.js';
import { useAct } from '../../ui/use-act.js';

const FILES = [
  { name: 'pcap', path: routes.ladderPcap.path, Icon: IconDownload },
  { name: 'Text', path: routes.ladderText.path, Icon: IconFileText },
] as const;

/** What can be done with a ladder: its call, its address, and ways to take it elsewhere. */
export function LadderActions({ callId, refused }: Ladder) {
  const diagnostics = useQuery({
    queryKey: keyOf('diagnostics'),
    queryFn: ({ signal }) => call('diagnostics', { signal }),
  });
  const send = useAct({ run: () => call('sendLadder', { params: { callId } }), done: ({ detail }) => detail });
  return (
    <>
      {refused === null && (
        <Button
          component={Link}
          to={`/admin/history/${callId}`}
          variant="default"
          leftSection={<IconHistory size={18} />}
        >
          Call details
        </Button>
      )}
      <CopyAddress />
      {FILES.map(({ name, path, Icon }) => (
        <Button
          key={name}
          component="a"
          href={buildUrl(path, { callId })}
          variant="default"
          leftSection={<Icon size={18} />}
        >
          {name}
        </Button>
      ))}
      {diagnostics.data?.hep.on === true && (
        <Tooltip
          multiline
          maw={280}
          events={{ hover: true, focus: true, touch: true }}
          label="Sends every message of this call to the collector once more. What is there already may then be there twice."
        >
          <Button
            variant="default"
            leftSection={<IconSend size={18} />}
            onClick={() => send.mutate()}
            loading={send.isPending}
          >
            Send to Homer
          </Button>
        </Tooltip>
      )}
    </>
  );
}
