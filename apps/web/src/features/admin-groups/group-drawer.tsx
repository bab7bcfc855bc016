import { SaveRingGroup, type RingGroup } from '@carillon/contracts';
import { Drawer, NumberInput, Stack, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { call } from '../../api/api.js';
import { DrawerButtons } from '../../ui/drawer-buttons.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { MissingRecord } from '../../ui/missing-record.js';
import { useAct } from '../../ui/use-act.js';
import { useRebase } from '../../ui/use-rebase.js';
import { MemberPicker } from './member-picker.js';

interface GroupDrawerProps {
  /** null makes a new one; undefined: the address leads to none. */
  group: RingGroup | null | undefined;
  opened: boolean;
  onClose: () => void;
}

/** Makes or changes a ring group. */
export function GroupDrawer({ group, opened, onClose }: GroupDrawerProps) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={group === null ? 'Add ring group' : `Edit ${group?.name ?? 'ring group'}`}
    >
      {group === undefined ? (
        <MissingRecord what="ring group" way={onClose} />
      ) : (
        <GroupFields key={group?.ringGroupId} group={group} onClose={onClose} />
      )}
    </Drawer>
  );
}

const valuesOf = (group: RingGroup | null) => ({
  name: group?.name ?? '',
  extension: group?.extension ?? '',
  ringSeconds: group?.ringSeconds ?? 25,
  memberIds: [...(group?.memberIds ?? [])],
});

/** The form, made anew whenever the drawer opens. */
function GroupFields({ group, onClose }: { group: RingGroup | null; onClose: () => void }) {
  const form = useForm({
    initialValues: valuesOf(group),
    validate: schemaResolver(SaveRingGroup, { sync: true }),
  });
  useRebase(form, valuesOf(group));
  const save = useAct({
    run: (body: typeof form.values) =>
      group === null
        ? call('createRingGroup', { body })
        : call('updateRingGroup', { params: { ringGroupId: group.ringGroupId }, body }),
    stale: ['listRingGroups'],
    done: (saved) => `${saved.name} is saved.`,
    onFailure: (failure) => showFormFailure(form, failure),
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values, { onSuccess: onClose }), focusFirstError)}>
      <Stack>
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <TextInput label="Extension" required inputMode="numeric" {...form.getInputProps('extension')} />
        <NumberInput
          label="Rings for (seconds)"
          description="Then the call goes on: to voicemail, or back to the menu it came from."
          min={5}
          max={120}
          clampBehavior="none"
          {...form.getInputProps('ringSeconds')}
        />
        <MemberPicker {...form.getInputProps('memberIds')} value={form.values.memberIds} />
        <DrawerButtons saving={save.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}
