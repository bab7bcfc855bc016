import { SaveDiagnostics, type Diagnostics } from '@carillon/contracts';
import {
  Button,
  Card,
  Group,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { call } from '../../api/api.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';
import { useRebase } from '../../ui/use-rebase.js';

const MEGABYTE = 1024 * 1024;

/** The key is never told: an empty field keeps the one there is. */
const valuesOf = ({ ladder, hep }: Diagnostics) => ({ ladder, hep: { ...hep, authKey: '' } });
type Values = ReturnType<typeof valuesOf>;

const bodyOf = ({ ladder, hep: { authKey, ...rest } }: Values): SaveDiagnostics => ({
  ladder,
  hep: { ...rest, ...(authKey !== '' && { authKey }) },
});

/** Ladders on or off and for how long; the collector of HEPv3 and a test of it. */
export function DiagnosticsForm({ diagnostics }: { diagnostics: Diagnostics }) {
  const { ladder, hep, kept } = diagnostics;
  const stored = valuesOf(diagnostics);
  const form = useForm({ initialValues: stored });
  const showSaved = useRebase(form, stored);
  // Not `isDirty('hep')`: for a group of fields that is what it was when the group was last set as a whole.
  const isHepChanged = JSON.stringify(form.values.hep) !== JSON.stringify(stored.hep);
  const refuse = (errors: Record<string, string>) => {
    form.setErrors(errors);
    focusFirstError();
  };
  const save = useAct({
    run: (values: Values) => call('saveDiagnostics', { body: SaveDiagnostics.parse(bodyOf(values)) }),
    stale: ['diagnostics'],
    done: 'Saved.',
    onDone: (saved, sent) => showSaved(valuesOf(saved), sent),
    onFailure: (failure) => {
      showFormFailure(form, failure);
      focusFirstError();
    },
  });
  const removeKey = useAct({
    run: () => call('saveDiagnostics', { body: SaveDiagnostics.parse({ ladder, hep: { ...hep, authKey: null } }) }),
    stale: ['diagnostics'],
    done: 'The key is removed.',
  });
  const test = useAct({ run: () => call('testHep'), done: ({ detail }) => detail });
  const submit = (values: Values) => {
    const checked = SaveDiagnostics.safeParse(bodyOf(values));
    if (checked.success) return save.mutate(values);
    refuse(Object.fromEntries(checked.error.issues.map((issue) => [issue.path.join('.'), issue.message])));
  };
  return (
    <form noValidate onSubmit={form.onSubmit(submit)}>
      <Stack gap="lg">
        <Card component="section" aria-labelledby="ladders">
          <Stack>
            <Title order={2} id="ladders">
              Ladders
            </Title>
            <Switch
              label="Keep the ladder of every call"
              description="SIP messages without passwords, keys and pressed digits, and what was decided. Sound is not kept."
              {...form.getInputProps('ladder.on', { type: 'checkbox' })}
            />
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <NumberInput label="Keep for (days)" min={1} max={3650} {...form.getInputProps('ladder.keepDays')} />
              <NumberInput
                label="At most (megabytes)"
                description="Beyond, the oldest go first."
                min={1}
                max={1_000_000}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                {...form.getInputProps('ladder.maxMegabytes')}
              />
            </SimpleGrid>
            <Text size="sm" c="dimmed">
              Kept now: {kept.calls} {kept.calls === 1 ? 'call' : 'calls'}, {(kept.bytes / MEGABYTE).toFixed(1)} MB.
            </Text>
          </Stack>
        </Card>
        <Card component="section" aria-labelledby="hep">
          <Stack>
            <Title order={2} id="hep">
              Homer
            </Title>
            <Switch
              label="Send a copy of every SIP message to a HEPv3 collector"
              description="Without secrets, at once, and never in the way of a call."
              {...form.getInputProps('hep.on', { type: 'checkbox' })}
            />
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput label="Host" placeholder="homer.example.org" {...form.getInputProps('hep.host')} />
              <NumberInput label="Port" min={1} max={65_535} hideControls {...form.getInputProps('hep.port')} />
              <div>
                <Text size="sm" fw={500} id="hep-transport" mb={4}>
                  Over
                </Text>
                <SegmentedControl
                  aria-labelledby="hep-transport"
                  data={[
                    { value: 'udp', label: 'UDP' },
                    { value: 'tcp', label: 'TCP' },
                  ]}
                  {...form.getInputProps('hep.transport')}
                />
              </div>
              <NumberInput
                label="Capture id"
                min={0}
                max={4_294_967_295}
                hideControls
                {...form.getInputProps('hep.captureId')}
              />
              <PasswordInput
                label="Auth key"
                description={
                  hep.hasAuthKey ? 'There is one. Leave empty to keep it.' : 'Only where the collector wants one.'
                }
                autoComplete="off"
                {...form.getInputProps('hep.authKey')}
              />
            </SimpleGrid>
            <Group>
              <Button
                variant="default"
                onClick={() => test.mutate()}
                loading={test.isPending}
                disabled={!hep.on || isHepChanged}
              >
                Send a test message
              </Button>
              {hep.hasAuthKey && (
                <Button variant="default" onClick={() => removeKey.mutate()} loading={removeKey.isPending}>
                  Remove the key
                </Button>
              )}
              {hep.on && isHepChanged && (
                <Text size="sm" c="dimmed">
                  Save first: the test goes where the saved settings say.
                </Text>
              )}
            </Group>
          </Stack>
        </Card>
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
