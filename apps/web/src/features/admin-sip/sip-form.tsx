import type { SipChoices, SipRole } from '@carillon/contracts';
import { Button, Card, Group, List, Radio, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { call } from '../../api/api.js';
import { useAct } from '../../ui/use-act.js';
import { roleWords } from './role-words.js';

const ROLES = Object.keys(roleWords) as SipRole[];

/** One role of three, each with what it gives and what it gives up. */
export function SipForm({ choices }: { choices: SipChoices }) {
  const [role, setRole] = useState<SipRole>(choices.sipRole);
  const save = useAct({
    run: () => call('saveSipChoices', { body: { sipRole: role } }),
    stale: ['sipChoices'],
    done: 'Saved. New calls are handled so from now on.',
  });
  return (
    <Card component="section" aria-labelledby="role">
      <Stack>
        <Title order={2} id="role">
          Calls from phone to phone
        </Title>
        <Text size="sm" c="dimmed">
          Voicemail, menus, meetings, ring groups and calls over trunks are always handled in full.
        </Text>
        <Radio.Group
          aria-labelledby="role"
          value={role}
          onChange={(value) => setRole(ROLES.find((one) => one === value) ?? role)}
        >
          <Stack>
            {ROLES.map((one) => (
              <div key={one}>
                <Radio value={one} label={roleWords[one].label} description={roleWords[one].description} />
                {roleWords[one].givesUp.length > 0 && (
                  <List
                    size="xs"
                    c="dimmed"
                    ml={32}
                    mt={4}
                    spacing={2}
                    aria-label={`What ${roleWords[one].label} gives up`}
                  >
                    {roleWords[one].givesUp.map((words) => (
                      <List.Item key={words}>{words}</List.Item>
                    ))}
                  </List>
                )}
              </div>
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button onClick={() => save.mutate()} loading={save.isPending} disabled={role === choices.sipRole}>
            Save
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
