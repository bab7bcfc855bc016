import { Card, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface SettingsCardProps {
  id: string;
  title: string;
  description: string;
  children: ReactNode;
}

/** One group of settings, with a sentence on what they are about. */
export function SettingsCard({ id, title, description, children }: SettingsCardProps) {
  return (
    <Card component="section" aria-labelledby={id}>
      <Stack>
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        </div>
        {children}
      </Stack>
    </Card>
  );
}
