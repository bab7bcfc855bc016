import { Card, Title } from '@mantine/core';
import { CopyField } from '../../ui/copy-field.js';
import classes from './secrets.module.css';

export interface SecretEntry {
  label: string;
  value: string;
  testId: string;
}

/** Values that are shown once, each with its copy button. */
export function SecretPanel({ title, entries }: { title: string; entries: readonly SecretEntry[] }) {
  return (
    <Card padding="md">
      <Title order={3}>{title}</Title>
      <div className={classes['entries']}>
        {entries.map((entry) => (
          <CopyField key={entry.label} {...entry} />
        ))}
      </div>
    </Card>
  );
}
