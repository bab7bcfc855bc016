import type { SipRole } from '@carillon/contracts';
import { List, Radio, Stack } from '@mantine/core';
import { roleWords } from './role-words.js';

const ROLES = Object.keys(roleWords) as SipRole[];

/** One role of three, each with what it gives and what it gives up. */
export function RoleFields({ role, onChange }: { role: SipRole; onChange: (role: SipRole) => void }) {
  return (
    <Radio.Group
      aria-labelledby="role"
      value={role}
      onChange={(value) => onChange(ROLES.find((one) => one === value) ?? role)}
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
  );
}
