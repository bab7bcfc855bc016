import { CreateUser, type CreatedUser } from '@carillon/contracts';
import { Button, Drawer, Group, PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { useState } from 'react';
import { Link } from 'react-router';
import type { z } from 'zod';
import { call } from '../../api/api.js';
import { DrawerButtons } from '../../ui/drawer-buttons.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';
import { CredentialsPanel } from './credentials-panel.js';
import { SecretPanel } from './secret-panel.js';

const initialValues = {
  displayName: '',
  email: '',
  extension: '' as string | null,
  role: 'staff' as 'staff' | 'admin',
  voicemail: true,
  device: 'Desk phone' as string | null,
  password: '' as string | undefined,
};

/** Empty fields are absent ones. */
const toBody = (values: typeof initialValues) => ({
  ...values,
  extension: values.extension === '' ? null : values.extension,
  device: values.device === '' ? null : values.device,
  password: values.password === '' ? undefined : values.password,
});

/** Makes a user; afterwards shows the secrets that are never shown again. */
export function CreateUserDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [created, setCreated] = useState<z.output<typeof CreatedUser> | null>(null);
  const form = useForm({
    initialValues,
    validate: schemaResolver(CreateUser, { sync: true }),
    transformValues: toBody,
    validateInputOnBlur: true,
  });
  const create = useAct({
    run: (body: CreateUser) => call('createUser', { body }),
    stale: ['listUsers', 'contacts', 'overview'],
    done: (answer) => `${answer.user.displayName} was added.`,
    onDone: setCreated,
    onFailure: (failure) => {
      showFormFailure(form, failure);
      focusFirstError();
    },
  });
  const close = () => {
    setCreated(null);
    form.reset();
    onClose();
  };
  return (
    <Drawer
      opened={opened}
      onClose={close}
      title={created === null ? 'Add user' : `${created.user.displayName} was added`}
      closeOnClickOutside={created === null && !form.isDirty()}
    >
      {created === null ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            const body = toBody(form.getValues());
            const checked = CreateUser.safeParse(body);
            if (checked.success) return create.mutate(body);
            form.setErrors(
              Object.fromEntries(checked.error.issues.map((issue) => [issue.path.join('.'), issue.message])),
            );
            focusFirstError();
          }}
        >
          <Stack>
            <TextInput label="Name" required data-autofocus {...form.getInputProps('displayName')} />
            <TextInput
              label="E-mail address"
              description="To log in with"
              type="email"
              required
              {...form.getInputProps('email')}
            />
            <TextInput
              label="Extension"
              description="The number colleagues dial. Leave empty for none."
              inputMode="numeric"
              {...form.getInputProps('extension')}
              value={form.values.extension ?? ''}
            />
            <Select
              label="Role"
              allowDeselect={false}
              data={[
                { value: 'staff', label: 'Staff' },
                { value: 'admin', label: 'Administrator' },
              ]}
              {...form.getInputProps('role')}
            />
            <TextInput
              label="First phone"
              description="A name for it, such as Desk phone. Leave empty for none."
              {...form.getInputProps('device')}
              value={form.values.device ?? ''}
            />
            <PasswordInput
              label="Password"
              description="Leave empty to have one generated."
              autoComplete="new-password"
              {...form.getInputProps('password')}
            />
            <Switch label="Voicemail" {...form.getInputProps('voicemail', { type: 'checkbox' })} />
            <DrawerButtons saving={create.isPending} onClose={close} verb="Add user" />
          </Stack>
        </form>
      ) : (
        <Stack gap="lg">
          <Text>These are shown this once. Copy them now, or hand them over.</Text>
          <SecretPanel
            title="Portal"
            entries={[
              { label: 'E-mail address', value: created.user.email, testId: 'credential-email' },
              ...(created.generatedPassword === null
                ? []
                : [{ label: 'Password', value: created.generatedPassword, testId: 'credential-password' }]),
              ...(created.voicemailPin === null
                ? []
                : [{ label: 'Voicemail PIN', value: created.voicemailPin, testId: 'credential-voicemail-pin' }]),
            ]}
          />
          {created.credentials !== null && <CredentialsPanel credentials={created.credentials} />}
          <Group justify="flex-end">
            <Button variant="default" component={Link} to={`/admin/users/${created.user.userId}`}>
              Open user
            </Button>
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      )}
    </Drawer>
  );
}
