import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { DeviceProfilesCard } from './device-profiles-card.js';
import { SipForm } from './sip-form.js';

/** What the system is for calls between the organisation's phones. */
export function SipPage() {
  const query = useQuery({ queryKey: keyOf('sipChoices'), queryFn: ({ signal }) => call('sipChoices', { signal }) });
  return (
    <Page title="SIP" description="How calls between your phones are handled, and what is special about some phones.">
      <Loaded query={query} what="these settings">
        {(choices) => <SipForm key={choices.sipRole} choices={choices} />}
      </Loaded>
      <DeviceProfilesCard />
    </Page>
  );
}
