import { AddSafeNetwork } from '@carillon/contracts';
import { Drawer, Stack, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { call } from '../../api/api.js';
import { DrawerButtons } from '../../ui/drawer-buttons.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';

const FIELD_OF_CODE = { 'BORDER.NETWORK_KNOWN': 'network', 'BORDER.TOO_MANY_NETWORKS': 'network' };

interface SafeNetworkDrawerProps {
  opened: boolean;
  onClose: () => void;
}

/** Takes an address or a network that is never banned from then on. */
export function SafeNetworkDrawer({ opened, onClose }: SafeNetworkDrawerProps) {
  return (
    <Drawer opened={opened} onClose={onClose} title="Never ban a network">
      <Fields onClose={onClose} />
    </Drawer>
  );
}

/** The form, made anew whenever the drawer opens. */
function Fields({ onClose }: Pick<SafeNetworkDrawerProps, 'onClose'>) {
  const form = useForm<AddSafeNetwork>({
    initialValues: { network: '', note: '' },
    validate: schemaResolver(AddSafeNetwork, { sync: true }),
  });
  const add = useAct({
    run: (body: AddSafeNetwork) => call('addSafeNetwork', { body }),
    stale: ['listSafeNetworks', 'border'],
    done: ({ network }) => `${network} is not banned any more, from now on.`,
    onFailure: (failure) => {
      showFormFailure(form, failure, FIELD_OF_CODE);
      focusFirstError();
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => add.mutate(values, { onSuccess: onClose }), focusFirstError)}>
      <Stack>
        <TextInput
          label="Address or network"
          description="Such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/48. As narrow as can be: whoever is in it may knock as often as they like."
          data-autofocus
          {...form.getInputProps('network')}
        />
        <TextInput
          label="Who is there"
          description="For whoever reads the list in a year."
          placeholder="Monitoring of the data centre"
          {...form.getInputProps('note')}
        />
        <DrawerButtons saving={add.isPending} onClose={onClose} verb="Add" />
      </Stack>
    </form>
  );
}
