import { UpdateUser, type User } from '@carillon/contracts';
import { Button, Card, Group, Select, Stack, Switch, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { call } from '../../api/api.js';
import { useMe } from '../../api/queries.js';
import { confirm } from '../../ui/confirm.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';
import { useRebase } from '../../ui/use-rebase.js';

const valuesOf = (user: User) => ({
  displayName: user.displayName,
  email: user.email,
  extension: user.extension ?? '',
  role: user.role,
  isOperator: user.isOperator,
  voicemail: user.mailboxId !== null,
});

type Values = ReturnType<typeof valuesOf>;

/** Who the user is and what number they have. */
export function UserForm({ user }: { user: User }) {
  const me = useMe();
  const form = useForm({ initialValues: valuesOf(user) });
  const showSaved = useRebase(form, valuesOf(user));
  const save = useAct({
    run: (values: Values) => call('updateUser', { params: { userId: user.userId }, body: bodyOf(values) }),
    stale: ['getUser', 'listUsers', 'contacts'],
    done: 'The changes are saved.',
    onDone: (saved, sent) => showSaved(valuesOf(saved), sent),
    onFailure: (failure) => {
      showFormFailure(form, failure);
      focusFirstError();
    },
  });
  const bodyOf = ({ isOperator, ...others }: Values): UpdateUser => {
    // What the page does not offer is not sent.
    const chosen = me.isOperator && others.role === 'admin' && me.userId !== user.userId ? { isOperator } : {};
    return { ...others, ...chosen, extension: others.extension.trim() === '' ? null : others.extension.trim() };
  };
  const submit = (values: Values) => {
    const checked = UpdateUser.safeParse(bodyOf(values));
    if (checked.success) {
      if (!(user.mailboxId !== null && !values.voicemail)) return save.mutate(values);
      return confirm({
        title: `Delete the mailbox of ${user.displayName}?`,
        body: 'All messages in it are deleted, heard or not. This cannot be undone.',
        verb: 'Delete mailbox',
        onConfirm: () => save.mutate(values),
      });
    }
    form.setErrors(Object.fromEntries(checked.error.issues.map((issue) => [issue.path.join('.'), issue.message])));
    focusFirstError();
  };
  return (
    <Card>
      <Title order={2} mb="md">
        Details
      </Title>
      <form noValidate onSubmit={form.onSubmit(submit)}>
        <Stack>
          <TextInput label="Name" required {...form.getInputProps('displayName')} />
          <TextInput label="E-mail address" type="email" required {...form.getInputProps('email')} />
          <TextInput
            label="Extension"
            description="Leave empty for none."
            inputMode="numeric"
            {...form.getInputProps('extension')}
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
          {me.isOperator && form.values.role === 'admin' && me.userId !== user.userId && (
            <Switch
              label="Operator of this installation"
              description="May also do what concerns the whole server, such as its certificates."
              {...form.getInputProps('isOperator', { type: 'checkbox' })}
            />
          )}
          <Switch
            label="Voicemail"
            description="Switching it off deletes the mailbox with its greeting, PIN and messages."
            {...form.getInputProps('voicemail', { type: 'checkbox' })}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
