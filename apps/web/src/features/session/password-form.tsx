import { Password } from '@carillon/contracts';
import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { api, call } from '../../api/api.js';
import { ApiFailure } from '../../api/api-failure.js';
import { keyOf } from '../../api/query-keys.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';

const Form = z
  .object({
    current: z.string().min(1, { error: 'Enter your current password' }).max(256),
    next: Password,
    again: z.string(),
  })
  .refine((values) => values.next === values.again, { path: ['again'], error: 'The two passwords differ' });

interface PasswordFormProps {
  /** More buttons beside the form's own. */
  children?: ReactNode;
}

/** Changes the password; all other sessions of the user end with it. */
export function PasswordForm({ children }: PasswordFormProps) {
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { current: '', next: '', again: '' },
    validate: schemaResolver(Form, { sync: true }),
  });
  const change = useAct({
    run: ({ current, next }: typeof form.values) => call('changePassword', { body: { current, next } }),
    stale: ['sessions'],
    done: 'Your password is changed. Other sessions were logged out.',
    onDone: (me) => {
      api.csrfToken = me.csrfToken;
      form.reset();
      queries.setQueryData(keyOf('me'), me);
    },
    onFailure: (failure) => {
      if (failure instanceof ApiFailure && failure.code === 'IDENTITY.WRONG_CREDENTIALS')
        form.setFieldError('current', 'This is not your current password');
      else showFormFailure(form, failure);
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
      <Stack>
        <PasswordInput label="Current password" autoComplete="current-password" {...form.getInputProps('current')} />
        <PasswordInput
          label="New password"
          description="At least 12 characters. A few words in a row are easy to remember and hard to guess."
          autoComplete="new-password"
          {...form.getInputProps('next')}
        />
        <PasswordInput label="New password again" autoComplete="new-password" {...form.getInputProps('again')} />
        <Group justify="flex-end">
          {children}
          <Button type="submit" loading={change.isPending}>
            Change password
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
