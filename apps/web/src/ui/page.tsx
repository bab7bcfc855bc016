import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface PageProps {
  title: string;
  /** One sentence below the title. */
  description?: ReactNode;
  /** Buttons at the title's side. */
  actions?: ReactNode;
  /** For what is read across: as wide as the screen. */
  wide?: boolean;
  children: ReactNode;
}

/** A page of the shell: title, actions and content, with the window's title to match. */
export function Page({ title, description, actions, wide = false, children }: PageProps) {
  useDocumentTitle(`${title} · Carillon`);
  return (
    <Box maw={wide ? 1900 : 1180} mx="auto" px={{ base: 'md', sm: 'xl' }} py={{ base: 'md', sm: 'xl' }}>
      <Group justify="space-between" align="flex-end" mb="lg" gap="md">
        <Stack gap={2}>
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {description !== undefined && <Text c="dimmed">{description}</Text>}
        </Stack>
        {actions !== undefined && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
