import { DeviceProfile, STANDARD_PROFILE } from '@carillon/domain';
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

/** Quirks of which a phone has one of several. */
const CHOICES = [
  {
    quirk: 'digest',
    label: 'Passwords are proved by',
    description: 'What the phone is offered first. Older phones know MD5 alone.',
    words: digestWords,
  },
  {
    quirk: 'callerIdentity',
    label: 'Reads who calls from',
    description: 'Where the phone looks for the name and number of a caller.',
    words: identityWords,
  },
  {
    quirk: 'mediaEncryption',
    label: 'Sound is encrypted',
    description: 'When it is called. What it asks for in its own calls, it gets.',
    words: encryptionWords,
  },
  {
    quirk: 'sips',
    label: 'When it calls a sips: address',
    description:
      'By the standard sips: asks for TLS on every hop. Some phones write it for every call once they use TLS, and could then call nobody without TLS.',
    words: sipsWords,
  },
] as const;

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
        {CHOICES.map(({ quirk, words, ...text }) => (
          <Select
            key={quirk}
            {...text}
            data={choicesOf(words)}
            allowDeselect={false}
            {...form.getInputProps(`quirks.${quirk}`)}
            value={form.values.quirks[quirk]}
          />
        ))}
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
