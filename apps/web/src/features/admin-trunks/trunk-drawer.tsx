import type { SaveTrunk, Trunk } from '@carillon/contracts';
import { Drawer, Fieldset, NumberInput, Select, SimpleGrid, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { call } from '../../api/api.js';
import { DrawerButtons } from '../../ui/drawer-buttons.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { MissingRecord } from '../../ui/missing-record.js';
import { useAct } from '../../ui/use-act.js';
import { InboundNumbers } from './inbound-numbers.js';
import { NextTrunkStatuses } from './next-trunk-statuses.js';
import { OutboundRules } from './outbound-rules.js';
import { TrunkAccess } from './trunk-access.js';
import { useTrunkForm } from './trunk-form.js';
import { TrunkSound } from './trunk-sound.js';

interface TrunkDrawerProps {
  /** null makes a new one; undefined: the address leads to none. */
  trunk: Trunk | null | undefined;
  opened: boolean;
  onClose: () => void;
}

/** Makes or changes a trunk. */
export function TrunkDrawer({ trunk, opened, onClose }: TrunkDrawerProps) {
  return (
    <Drawer {...{ opened, onClose }} size="lg" title={trunk === null ? 'Add trunk' : `Edit ${trunk?.name ?? 'trunk'}`}>
      {trunk === undefined ? (
        <MissingRecord what="trunk" way={onClose} />
      ) : (
        <TrunkFields key={trunk?.trunkId} trunk={trunk} onClose={onClose} />
      )}
    </Drawer>
  );
}

/** The form, made anew whenever the drawer opens. */
function TrunkFields({ trunk, onClose }: { trunk: Trunk | null; onClose: () => void }) {
  const form = useTrunkForm(trunk);
  const save = useAct({
    run: (body: SaveTrunk) =>
      trunk === null
        ? call('createTrunk', { body })
        : call('updateTrunk', { params: { trunkId: trunk.trunkId }, body }),
    stale: ['listTrunks'],
    done: (saved) => `${saved.name} is saved.`,
    onFailure: (failure) => {
      showFormFailure(form, failure, { 'DIRECTORY.TAKEN': 'name' });
      focusFirstError();
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((body) => save.mutate(body, { onSuccess: onClose }), focusFirstError)}>
      <Stack>
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <Switch label="In use" {...form.getInputProps('enabled', { type: 'checkbox' })} />
        <Fieldset legend="Other side">
          <Stack gap="sm">
            <TextInput
              label="Domain or address"
              placeholder="sip.example.com"
              required
              {...form.getInputProps('host')}
            />
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <NumberInput
                label="Port"
                description="Empty: found by the domain's records"
                min={1}
                max={65_535}
                hideControls
                {...form.getInputProps('port')}
              />
              <Select
                label="Transport"
                description="How requests go there"
                allowDeselect={false}
                data={[
                  { value: 'udp', label: 'UDP' },
                  { value: 'tcp', label: 'TCP' },
                  { value: 'tls', label: 'TLS' },
                ]}
                {...form.getInputProps('transport')}
              />
            </SimpleGrid>
          </Stack>
        </Fieldset>
        <TrunkAccess form={form} hasPassword={trunk?.hasPassword ?? false} />
        <Fieldset legend="Calls out">
          <Stack gap="sm">
            <OutboundRules form={form} />
            <TextInput
              label="Main number"
              description="Shown to whom you call"
              placeholder="+4930123456"
              {...form.getInputProps('callerNumber')}
            />
            <Switch
              label="Show the number of the person where they have one"
              checked={form.values.callerIdentity === 'user'}
              onChange={({ currentTarget }) =>
                form.setFieldValue('callerIdentity', currentTarget.checked ? 'user' : 'main')
              }
            />
            <NumberInput
              label="Order"
              description="Lower numbers are tried first, the others where those fail"
              min={0}
              max={1000}
              {...form.getInputProps('priority')}
            />
            <NextTrunkStatuses form={form} />
          </Stack>
        </Fieldset>
        <Fieldset legend="Calls in">
          <Stack gap="sm">
            <InboundNumbers form={form} />
            <TextInput
              label="Extension for other numbers"
              description="Empty: they are refused"
              inputMode="numeric"
              {...form.getInputProps('defaultExtension')}
            />
            <TagsInput
              label="Addresses that calls come from"
              description="Beside the other side itself; a network such as 192.0.2.0/24 is fine"
              {...form.getInputProps('sourceAddresses')}
              error={form.errors['sourceAddresses'] ?? form.errors['sourceAddresses.0']}
            />
          </Stack>
        </Fieldset>
        <TrunkSound form={form} />
        <Fieldset legend="Limits">
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <NumberInput label="Calls at once" min={1} max={2000} {...form.getInputProps('maxCalls')} />
            <NumberInput label="New calls a second" min={1} max={200} {...form.getInputProps('maxCallsPerSecond')} />
          </SimpleGrid>
        </Fieldset>
        <DrawerButtons saving={save.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}
