import { Button, Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { api, call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { LogoMark } from '../../app/logo.js';
import { useAct } from '../../ui/use-act.js';
import { PasswordForm } from './password-form.js';

/** At the first login: a password of one's own, or the generated one for good. */
export function FirstLogin() {
  useDocumentTitle('Choose a password · Carillon');
  const queries = useQueryClient();
  const keep = useAct({
    run: () => call('keepPassword'),
    onDone: (me) => {
      api.csrfToken = me.csrfToken;
      queries.setQueryData(keyOf('me'), me);
    },
  });
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={460} gap="lg">
        <Stack align="center" gap="sm">
          <LogoMark size={48} />
          <Title order={1}>Choose your password</Title>
          <Text c="dimmed" ta="center">
            You logged in with a generated password. It is a strong one: keep it if you have stored it somewhere safe,
            or choose one of your own.
          </Text>
        </Stack>
        <Paper withBorder p={{ base: 'lg', xs: 'xl' }}>
          <PasswordForm>
            <Button variant="default" onClick={() => keep.mutate()} loading={keep.isPending}>
              Keep the generated one
            </Button>
          </PasswordForm>
        </Paper>
      </Stack>
    </Center>
  );
}
