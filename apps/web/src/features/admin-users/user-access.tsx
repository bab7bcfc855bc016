import type { User } from '@carillon/contracts';
import { Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { call } from '../../api/api.js';
import { useMe } from '../../api/queries.js';
import { confirm } from '../../ui/confirm.js';
import { useAct } from '../../ui/use-act.js';
import { SecretPanel, type SecretEntry } from './secret-panel.js';

/** Password and PIN, and whether the user may use the system at all. */
export function UserAccess({ user }: { user: User }) {
  const me = useMe();
  const navigate = useNavigate();
  const [secret, setSecret] = useState<SecretEntry | null>(null);
  const params = { userId: user.userId };
  const own = me.userId === user.userId;
  const resetPassword = useAct({
    run: () => call('resetPassword', { params }),
    onDone: ({ generatedPassword }) =>
      setSecret({ label: 'New password', value: generatedPassword, testId: 'credential-password' }),
  });
  const resetPin = useAct({
    run: () => call('resetVoicemailPin', { params }),
    onDone: ({ voicemailPin }) =>
      setSecret({ label: 'New voicemail PIN', value: voicemailPin, testId: 'credential-voicemail-pin' }),
  });
  const disable = useAct({
    run: (disabled: boolean) => call('updateUser', { params, body: { disabled } }),
    stale: ['getUser', 'listUsers', 'listRegistrations', 'contacts'],
    done: (changed) => `${changed.displayName} is ${changed.disabled ? 'disabled' : 'enabled'}.`,
  });
  const remove = useAct({
    run: () => call('deleteUser', { params }),
    stale: ['listUsers', 'contacts', 'overview'],
    done: `${user.displayName} was deleted.`,
  });
  return (
    <Card>
      <Title order={2} mb="md">
        Access
      </Title>
      <Stack gap="md">
        <Row text="A new password is generated and shown once. All sessions of the user end.">
          <Button
            variant="default"
            onClick={() =>
              confirm({
                title: `Reset the password of ${user.displayName}?`,
                body: 'The old one no longer works, and all their sessions end.',
                verb: 'Reset password',
                onConfirm: () => resetPassword.mutate(),
              })
            }
          >
            Reset password
          </Button>
        </Row>
        {user.mailboxId !== null && (
          <Row text="A new PIN for listening to voicemail on a phone.">
            <Button variant="default" onClick={() => resetPin.mutate()} loading={resetPin.isPending}>
              Reset voicemail PIN
            </Button>
          </Row>
        )}
        {!own && (
          <>
            <Row
              text={
                user.disabled
                  ? 'The user can log in again and their phones can register again.'
                  : 'Ends their calls, registrations and sessions. Nothing is deleted.'
              }
            >
              {user.disabled ? (
                <Button variant="default" onClick={() => disable.mutate(false)} loading={disable.isPending}>
                  Enable user
                </Button>
              ) : (
                <Button
                  variant="default"
                  onClick={() =>
                    confirm({
                      title: `Disable ${user.displayName}?`,
                      body: 'Their calls end now, their phones are logged out, and they cannot log in until enabled again.',
                      verb: 'Disable',
                      onConfirm: () => disable.mutate(true),
                    })
                  }
                >
                  Disable user
                </Button>
              )}
            </Row>
            <Row text="Deletes the user with their phones and mailbox. This cannot be undone.">
              <Button
                color="red"
                variant="light"
                onClick={() =>
                  confirm({
                    title: `Delete ${user.displayName}?`,
                    body: 'Their phones, mailbox and sessions are deleted too. Call history stays. This cannot be undone.',
                    verb: 'Delete user',
                    onConfirm: () => remove.mutate(undefined, { onSuccess: () => void navigate('/admin/users') }),
                  })
                }
              >
                Delete user
              </Button>
            </Row>
          </>
        )}
      </Stack>
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title="Shown this once"
        closeOnClickOutside={false}
      >
        {secret !== null && <SecretPanel title={user.displayName} entries={[secret]} />}
        <Group justify="flex-end" mt="md">
          <Button onClick={() => setSecret(null)}>Done</Button>
        </Group>
      </Modal>
    </Card>
  );
}

function Row({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" c="dimmed" flex="1 1 14rem">
        {text}
      </Text>
      {children}
    </Group>
  );
}
