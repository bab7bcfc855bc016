import { SaveIvrMenu, type IvrMenu, type RingGroup, type User } from '@carillon/contracts';
import { Button, Card, Grid, Group, NumberInput, Select, Stack, Textarea, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Link, useLocation, useNavigate } from 'react-router';
import { call } from '../../api/api.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';
import { useRebase } from '../../ui/use-rebase.js';
import { useStillAt } from '../../ui/use-still-at.js';
import { fromDraft, keyOfEntry, needsTarget, toDraft, type DraftEntry } from './action-words.js';
import { EntryEditor } from './entry-editor.js';
import { MenuTree } from './menu-tree.js';

interface MenuEditorProps {
  /** null makes a new one. */
  menu: IvrMenu | null;
  users: readonly User[];
  groups: readonly RingGroup[];
}

const valuesOf = (menu: IvrMenu | null) => ({
  name: menu?.name ?? '',
  extension: menu?.extension ?? '',
  welcomeText: menu?.welcomeText ?? '',
  timeoutSeconds: menu?.timeoutSeconds ?? 5,
  maxRetries: menu?.maxRetries ?? 2,
  operatorUserId: (menu?.operatorUserId ?? null) as string | null,
  entries: (menu?.entries ?? []).map(toDraft),
});

/** What callers hear, what each key does, and a picture of it. */
export function MenuEditor({ menu, users, groups }: MenuEditorProps) {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { isStillAt } = useStillAt(pathname);
  const form = useForm({ initialValues: valuesOf(menu) });
  useRebase(form, valuesOf(menu), keyOfEntry);
  const save = useAct({
    run: (body: Parameters<typeof SaveIvrMenu.parse>[0]) => {
      const checked = SaveIvrMenu.parse(body);
      return menu === null
        ? call('createIvrMenu', { body: checked })
        : call('updateIvrMenu', { params: { ivrMenuId: menu.ivrMenuId }, body: checked });
    },
    stale: ['listIvrMenus'],
    done: (saved) => `${saved.name} is saved.`,
    onFailure: (failure) => showFormFailure(form, failure),
  });
  const submit = (values: typeof form.values) => {
    const body = { ...values, entries: values.entries.map(fromDraft) };
    const errors = { ...missingTargets(values.entries) };
    const checked = SaveIvrMenu.safeParse(body);
    for (const issue of checked.error?.issues ?? []) {
      const [first, second] = issue.path;
      // What is wrong inside an entry is shown at that entry.
      const key = first === 'entries' && typeof second === 'number' ? `entries.${second}` : String(first);
      errors[key] ??= issue.message;
    }
    if (Object.keys(errors).length > 0) return form.setErrors(errors);
    save.mutate(body, { onSuccess: () => void (isStillAt(pathname) && navigate('/admin/menus')) });
  };
  return (
    <form noValidate onSubmit={form.onSubmit(submit)}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <Card>
              <Stack>
                <Group grow align="flex-start">
                  <TextInput label="Name" required {...form.getInputProps('name')} />
                  <TextInput label="Extension" required inputMode="numeric" {...form.getInputProps('extension')} />
                </Group>
                <Textarea
                  label="What callers hear"
                  description="Spoken by the built-in voice. Name the keys: “For sales, press 1.”"
                  required
                  autosize
                  minRows={3}
                  maxLength={2000}
                  {...form.getInputProps('welcomeText')}
                />
              </Stack>
            </Card>
            <EntryEditor
              entries={form.values.entries}
              errors={form.errors}
              onChange={(entries) => {
                form.clearErrors();
                form.setFieldValue('entries', entries);
              }}
              users={users}
              groups={groups}
            />
            <Card>
              <Title order={2} mb="md">
                Nothing pressed, or a wrong key
              </Title>
              <Stack>
                <Group grow align="flex-start">
                  <NumberInput
                    label="Wait (seconds)"
                    min={1}
                    max={30}
                    clampBehavior="none"
                    {...form.getInputProps('timeoutSeconds')}
                  />
                  <NumberInput
                    label="Ask again (times)"
                    min={0}
                    max={5}
                    clampBehavior="none"
                    {...form.getInputProps('maxRetries')}
                  />
                </Group>
                <Select
                  label="Then the call goes to"
                  placeholder="Nobody: the call ends"
                  clearable
                  searchable
                  data={users.map((user) => ({ value: user.userId as string, label: user.displayName }))}
                  {...form.getInputProps('operatorUserId')}
                />
              </Stack>
            </Card>
            <Group justify="flex-end">
              <Button variant="default" component={Link} to="/admin/menus">
                Cancel
              </Button>
              <Button type="submit" loading={save.isPending}>
                Save
              </Button>
            </Group>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <MenuTree {...form.values} users={users} groups={groups} />
        </Grid.Col>
      </Grid>
    </form>
  );
}

function missingTargets(entries: readonly DraftEntry[]): Record<string, string> {
  return Object.fromEntries(
    entries.flatMap((entry, index) =>
      needsTarget(entry.kind) && entry.targetId === null ? [[`entries.${index}`, 'Choose where this key leads']] : [],
    ),
  );
}
