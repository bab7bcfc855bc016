import { Fieldset, Group, PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import type { TrunkForm } from './trunk-form.js';

/** User name, password, and what they are used for. */
export function TrunkAccess({ form, hasPassword }: { form: TrunkForm; hasPassword: boolean }) {
  return (
    <Fieldset legend="Access">
      <Stack gap="sm">
        <Group grow align="flex-start">
          <TextInput label="User name" autoComplete="off" {...form.getInputProps('username')} />
          <PasswordInput
            label="Password"
            description={hasPassword ? 'Empty keeps the one there is' : undefined}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
        </Group>
        <Switch
          label="Register with the other side"
          description="So that it finds us: most providers want this"
          {...form.getInputProps('registers', { type: 'checkbox' })}
        />
        <Switch
          label="Ask for the password when calls come from elsewhere"
          {...form.getInputProps('challenges', { type: 'checkbox' })}
        />
        <Switch
          label="Trusted"
          description="Believe who it says is calling, and tell it who calls also where that is hidden from others"
          {...form.getInputProps('trusted', { type: 'checkbox' })}
        />
      </Stack>
    </Fieldset>
  );
}
