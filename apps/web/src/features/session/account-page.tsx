import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMe } from '../../api/queries.js';
import { ColourSchemeSwitch } from '../../app/shell/colour-scheme-switch.js';
import { Page } from '../../ui/page.js';
import { PasswordForm } from './password-form.js';
import { SessionList } from './session-list.js';

/** The user's own account: colours, password, sessions. */
export function AccountPage() {
  const me = useMe();
  return (
    <Page title="Account" description={`${me.displayName} · ${me.email}`}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg">
          <Card>
            <Title order={2} mb="md">
              Change password
            </Title>
            <PasswordForm />
          </Card>
          <Card>
            <Title order={2} mb={4}>
              Appearance
            </Title>
            <Text size="sm" c="dimmed" mb="md">
              Auto follows the system.
            </Text>
            <ColourSchemeSwitch />
          </Card>
        </Stack>
        <Card>
          <Title order={2} mb={4}>
            Sessions
          </Title>
          <Text size="sm" c="dimmed" mb="md">
            Where you are logged in. Log out what you do not know, then change your password.
          </Text>
          <SessionList />
        </Card>
      </SimpleGrid>
    </Page>
  );
}
