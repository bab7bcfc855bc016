import { Alert, Fieldset, Select, Stack, Switch } from '@mantine/core';
import { IconLockOpen } from '@tabler/icons-react';
import type { TrunkForm } from './trunk-form.js';
import { encryptionHelp, encryptionWords } from './trunk-words.js';

/** How the sound of calls is protected, and whether its keys may go where others read them. */
export function TrunkSound({ form }: { form: TrunkForm }) {
  const { mediaEncryption, transport, keysInClear, clearFallback } = form.values;
  const readable = mediaEncryption !== 'none' && transport !== 'tls';
  return (
    <Fieldset legend="Sound">
      <Stack gap="sm">
        <Select
          label="Sound is encrypted"
          description={encryptionHelp[mediaEncryption]}
          allowDeselect={false}
          data={Object.entries(encryptionWords).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('mediaEncryption')}
        />
        {readable && (
          <>
            <Alert color="orange" icon={<IconLockOpen size={18} />} title="Keys can be read on the way">
              Keys go out with each call. Over {transport.toUpperCase()} whoever sees the call being set up can listen
              to it. Choose TLS as transport.
            </Alert>
            <Switch
              label="Send keys all the same"
              description="Only where nobody else is on the way, such as inside a VPN"
              checked={keysInClear}
              onChange={({ currentTarget }) => form.setFieldValue('keysInClear', currentTarget.checked)}
            />
          </>
        )}
        {mediaEncryption === 'srtp' && (
          <Switch
            label="Calls may go on in the clear over other trunks"
            description="Where this one fails, is full or does not answer, and no other takes them with SRTP"
            checked={clearFallback}
            onChange={({ currentTarget }) => form.setFieldValue('clearFallback', currentTarget.checked)}
          />
        )}
      </Stack>
    </Fieldset>
  );
}
