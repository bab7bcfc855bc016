import { LoginRequest } from '@carillon/contracts';
import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import { z } from 'zod';
import { api, call } from '../../api/api.js';
import { ApiFailure } from '../../api/api-failure.js';
import { keyOf } from '../../api/query-keys.js';
import { LogoMark } from '../../app/logo.js';
import { failureText } from '../../ui/failure-text.js';
import { localPath } from './local-path.js';
import { useCountdown } from './use-countdown.js';

const Form = z.object({
  email: z.string().trim().min(1, { error: 'Enter your e-mail address' }).pipe(LoginRequest.shape.email),
  password: z.string().min(1, { error: 'Enter your password' }).pipe(LoginRequest.shape.password),
});

/** The way in. */
export function LoginPage() {
  useDocumentTitle('Log in · Carillon');
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [secondsLeft, slowDown] = useCountdown();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: schemaResolver(Form, { sync: true }),
  });
  const login = useMutation({
    mutationFn: (body: typeof form.values) => call('login', { body }),
    onSuccess: (me) => {
      api.csrfToken = me.csrfToken;
      queries.clear();
      queries.setQueryData(keyOf('me'), me);
      void navigate(localPath(search.get('next')), { replace: true });
    },
    onError: (error) => {
      if (error instanceof ApiFailure && error.details.status === 429) slowDown(error.details.retryAfterSeconds ?? 5);
      form.setFieldValue('password', '');
    },
  });
  const slowed = secondsLeft > 0;
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="xl">
        <Stack align="center" gap="sm">
          <LogoMark size={56} />
          <Title order={1}>Log in to Carillon</Title>
        </Stack>
        <Paper withBorder p={{ base: 'lg', xs: 'xl' }}>
          <form onSubmit={form.onSubmit((values) => login.mutate(values))} noValidate>
            <Stack>
              {search.has('expired') && !login.isError && (
                <Alert color="yellow" icon={<IconClock />} role="status">
                  Your session is over. Log in again to go on where you were.
                </Alert>
              )}
              {slowed && (
                <Alert color="orange" icon={<IconClock />} role="alert" title="Too many attempts">
                  Try again in {secondsLeft} {secondsLeft === 1 ? 'second' : 'seconds'}.
                </Alert>
              )}
              {login.isError && !slowed && (
                <Alert color="red" icon={<IconAlertTriangle />} role="alert">
                  {login.error instanceof ApiFailure && login.error.details.status === 429
                    ? 'You can try again now.'
                    : failureText(login.error)}
                </Alert>
              )}
              <TextInput
                label="E-mail address"
                type="email"
                autoComplete="username"
                data-autofocus
                size="md"
                {...form.getInputProps('email')}
              />
              <PasswordInput
                label="Password"
                autoComplete="current-password"
                size="md"
                {...form.getInputProps('password')}
              />
              <Button type="submit" size="md" loading={login.isPending} disabled={slowed} mt="xs">
                Log in
              </Button>
            </Stack>
          </form>
        </Paper>
        <Text size="sm" c="dimmed" ta="center">
          Forgotten your password? An administrator can give you a new one.
        </Text>
      </Stack>
    </Center>
  );
}
