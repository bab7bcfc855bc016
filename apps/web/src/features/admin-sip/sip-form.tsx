import { DEFAULT_SIP_SETTINGS, SipChoices } from '@carillon/contracts';
import { Button, Group, NumberInput, Stack, Switch, TagsInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { call } from '../../api/api.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';
import { useRebase } from '../../ui/use-rebase.js';
import { changedChoices } from './changed-choices.js';
import { errorWithin } from './error-within.js';
import { RegistrationFields } from './registration-fields.js';
import { RoleFields } from './role-fields.js';
import { SettingsCard } from './settings-card.js';

/** What the organisation decides about its calls and registrations. */
export function SipForm({ choices }: { choices: SipChoices }) {
  const form = useForm<SipChoices>({
    initialValues: choices,
    validate: schemaResolver(SipChoices, { sync: true }),
  });
  const showSaved = useRebase(form, choices);
  const isChanged = Object.keys(changedChoices(choices, form.values)).length > 0;
  const save = useAct({
    run: (values: SipChoices) => call('saveSipChoices', { body: changedChoices(choices, values) }),
    stale: ['sipChoices'],
    done: 'Saved. It counts for calls and registrations from now on.',
    onDone: showSaved,
    onFailure: (failure) => {
      showFormFailure(form, failure);
      focusFirstError();
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values), focusFirstError)}>
      <Stack gap="md">
        <SettingsCard
          id="role"
          title="Calls from phone to phone"
          description="Voicemail, menus, meetings, ring groups and calls over trunks are always handled in full."
        >
          <RoleFields role={form.values.sipRole} onChange={(role) => form.setFieldValue('sipRole', role)} />
        </SettingsCard>
        <SettingsCard
          id="calls"
          title="Ringing, forwarding, hold"
          description="What happens while a call looks for someone, and while someone waits."
        >
          <NumberInput
            label="Phones ring for"
            description={`Then the call goes on, to voicemail as a rule. Ring groups have a time of their own. Usually ${DEFAULT_SIP_SETTINGS.ringSeconds} s.`}
            maw={360}
            suffix=" s"
            clampBehavior="none"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...form.getInputProps('ringSeconds')}
          />
          <Switch
            label="Phones may forward calls themselves"
            description="A phone that is set to forward sends the caller on to another number of yours. Off: such a call counts as not answered. Usually on."
            {...form.getInputProps('followRedirects', { type: 'checkbox' })}
          />
          <Switch
            label="Music for who is on hold"
            description="Which piece is chosen below. Off: silence. A phone that plays something of its own is heard either way. Usually on."
            checked={form.values.holdMusic === 'built-in'}
            onChange={({ currentTarget }) =>
              form.setFieldValue('holdMusic', currentTarget.checked ? 'built-in' : 'silence')
            }
          />
          <TagsInput
            label="Extra information that passes from phone to phone"
            description="Names of private headers, such as X-Customer-Id, or Geolocation: where a caller is, which emergency calls take along anyway. Whatever is not listed here is left out. Usually none."
            placeholder={form.values.privateHeaders.length === 0 ? 'X-Customer-Id' : ''}
            maxTags={32}
            {...form.getInputProps('privateHeaders')}
            error={errorWithin(form.errors, 'privateHeaders')}
          />
        </SettingsCard>
        <SettingsCard
          id="registrations"
          title="Registrations"
          description="A phone says where it is, and repeats it before its time is over. Short times find lost phones sooner and make more traffic."
        >
          <RegistrationFields form={form} />
        </SettingsCard>
        <Group justify="flex-end">
          <Button
            variant="subtle"
            onClick={() => form.setValues({ ...DEFAULT_SIP_SETTINGS, sipRole: form.values.sipRole })}
          >
            Fill in what is usual
          </Button>
          <Button variant="default" onClick={form.reset} disabled={!isChanged}>
            Discard changes
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isChanged}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
