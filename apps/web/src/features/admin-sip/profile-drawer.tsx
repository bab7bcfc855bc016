import { DeviceProfile, STANDARD_PROFILE, type DeviceQuirks } from '@carillon/domain';
import { Drawer, Select, Stack, Switch, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { DrawerButtons } from '../../ui/drawer-buttons.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { useRebase } from '../../ui/use-rebase.js';
import { digestWords, encryptionWords, identityWords, sipsWords } from './quirk-words.js';

interface ProfileDrawerProps {
  /** Where it starts: one that is edited, a kind of phone that was seen, or nothing. */
  initial: Partial<Pick<DeviceProfile, 'name' | 'userAgent' | 'quirks'>>;
  title: string;
  opened: boolean;
  saving: boolean;
  onSave: (profile: DeviceProfile) => void;
  onClose: () => void;
}

const choicesOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

/** Makes or changes what phones of one kind get. */
export function ProfileDrawer({ title, opened, ...fields }: ProfileDrawerProps) {
  return (
    <Drawer opened={opened} onClose={fields.onClose} title={title}>
      <ProfileFields {...fields} />
    </Drawer>
  );
}

/** The form, made anew whenever the drawer opens. */
function ProfileFields({ initial, saving, onSave, onClose }: Omit<ProfileDrawerProps, 'title' | 'opened'>) {
  const stored: DeviceProfile = { name: '', userAgent: '', quirks: STANDARD_PROFILE.quirks, ...initial };
  const form = useForm<DeviceProfile>({
    initialValues: stored,
    validate: schemaResolver(DeviceProfile, { sync: true }),
  });
  useRebase(form, stored);
  return (
    <form noValidate onSubmit={form.onSubmit(onSave, focusFirstError)}>
      <Stack>
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label="User-Agent contains"
          placeholder="Yealink SIP-T46"
          description="As the phone says it in its messages; small and capital letters are alike."
          required
          {...form.getInputProps('userAgent')}
        />
        <Select
          label="Passwords are proved by"
          description="What the phone is offered first. Older phones know MD5 alone."
          data={choicesOf(digestWords)}
          allowDeselect={false}
          {...form.getInputProps('quirks.digest')}
          value={form.values.quirks.digest satisfies DeviceQuirks['digest']}
        />
        <Select
          label="Reads who calls from"
          description="Where the phone looks for the name and number of a caller."
          data={choicesOf(identityWords)}
          allowDeselect={false}
          {...form.getInputProps('quirks.callerIdentity')}
          value={form.values.quirks.callerIdentity satisfies DeviceQuirks['callerIdentity']}
        />
        <Select
          label="Sound is encrypted"
          description="When it is called. What it asks for in its own calls, it gets."
          data={choicesOf(encryptionWords)}
          allowDeselect={false}
          {...form.getInputProps('quirks.mediaEncryption')}
          value={form.values.quirks.mediaEncryption satisfies DeviceQuirks['mediaEncryption']}
        />
        <Select
          label="Means by sips:"
          description="Some phones write sips: for every call once they use TLS, and could then call nobody who does not."
          data={choicesOf(sipsWords)}
          allowDeselect={false}
          {...form.getInputProps('quirks.sips')}
          value={form.values.quirks.sips satisfies DeviceQuirks['sips']}
        />
        <Switch
          label="Reliable ringing (100rel)"
          description="Off for phones that stumble over PRACK."
          {...form.getInputProps('quirks.reliableProvisional', { type: 'checkbox' })}
        />
        <Switch
          label="Session timers"
          description="Off for phones that end their calls when one is refreshed."
          {...form.getInputProps('quirks.sessionTimer', { type: 'checkbox' })}
        />
        <DrawerButtons saving={saving} onClose={onClose} />
      </Stack>
    </form>
  );
}
