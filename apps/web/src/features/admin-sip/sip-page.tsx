import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { useMe } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { CertificatesCard } from './certificates-card.js';
import { ConnectionCard } from './connection-card.js';
import { DeviceProfilesCard } from './device-profiles-card.js';
import { HoldMusicCard } from './hold-music-card.js';
import { SipForm } from './sip-form.js';

/** Where phones connect, and what the organisation decides about calls and registrations. */
export function SipPage() {
  const me = useMe();
  const query = useQuery({ queryKey: keyOf('sipChoices'), queryFn: ({ signal }) => call('sipChoices', { signal }) });
  return (
    <Page title="SIP" description="Where phones connect, how their calls are handled, and what is special about some.">
      <Stack gap="md">
        <ConnectionCard />
        {me.isOperator && <CertificatesCard />}
        <Loaded query={query} what="these settings">
          {(choices) => <SipForm choices={choices} />}
        </Loaded>
        <HoldMusicCard />
        <DeviceProfilesCard />
      </Stack>
    </Page>
  );
}
