import { OrganisationProfile } from '@carillon/contracts';
import { ActionIcon, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { call } from '../../api/api.js';
import { useMe } from '../../api/queries.js';
import { DrawerButtons } from '../../ui/drawer-buttons.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';
import { useRebase } from '../../ui/use-rebase.js';

/** What the organisation is called, and a way to call it something else. */
export function OrganisationName() {
  const { organisationName } = useMe();
  const [opened, { open, close }] = useDisclosure();
  return (
    <Group gap={6} component="span">
      <Text span style={{ overflowWrap: 'anywhere' }}>
        {organisationName}
      </Text>
      <ActionIcon size="sm" aria-label={`Rename ${organisationName}`} onClick={open}>
        <IconPencil size={16} />
      </ActionIcon>
      <Modal opened={opened} onClose={close} title="Name of the organisation">
        <Fields name={organisationName} onClose={close} />
      </Modal>
    </Group>
  );
}

function Fields({ name, onClose }: { name: string; onClose: () => void }) {
  const form = useForm<OrganisationProfile>({
    initialValues: { name },
    validate: schemaResolver(OrganisationProfile, { sync: true }),
  });
  useRebase(form, { name });
  const save = useAct({
    run: (body: OrganisationProfile) => call('renameOrganisation', { body }),
    stale: ['me'],
    done: (saved) => `It is called ${saved.name} from now on.`,
    onDone: onClose,
    onFailure: (failure) => showFormFailure(form, failure),
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <TextInput
          label="Name"
          description="Staff see it beside the menu, guests when they come to a meeting. The SIP domain stays as it is."
          required
          maxLength={80}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <DrawerButtons saving={save.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}
