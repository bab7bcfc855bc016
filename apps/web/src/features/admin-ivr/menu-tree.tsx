import type { RingGroup, User } from '@carillon/contracts';
import { Card, Text, Title } from '@mantine/core';
import { describeEntry, type DraftEntry } from './action-words.js';
import classes from './menu-tree.module.css';

interface MenuTreeProps {
  extension: string;
  welcomeText: string;
  maxRetries: number;
  operatorUserId: string | null;
  entries: readonly DraftEntry[];
  users: readonly User[];
  groups: readonly RingGroup[];
}

/** The menu as a caller walks it: from the number through the welcome along the keys. */
export function MenuTree({
  extension,
  welcomeText,
  maxRetries,
  operatorUserId,
  entries,
  users,
  groups,
}: MenuTreeProps) {
  const operator = users.find((user) => user.userId === operatorUserId);
  return (
    <Card className={classes['card'] ?? ''}>
      <Title order={2} mb="md">
        The caller’s way
      </Title>
      <div className={classes['root']}>
        <Text size="sm">
          Dials <b className="tabular">{extension === '' ? '…' : extension}</b>
        </Text>
      </div>
      <div className={classes['stem']} aria-hidden />
      <blockquote className={classes['welcome']}>
        {welcomeText.trim() === '' ? 'Nothing is spoken yet.' : welcomeText}
      </blockquote>
      <ul className={classes['branches']} aria-label="What each key does">
        {entries.map((entry) => (
          <li key={entry.digit} className={classes['branch']}>
            <kbd className={classes['key']}>{entry.digit}</kbd>
            <span>{describeEntry(entry, { users, groups })}</span>
          </li>
        ))}
        <li className={classes['branch']}>
          <kbd className={classes['key']} data-kind="none">
            –
          </kbd>
          <span>
            {maxRetries === 0 ? 'Nothing or a wrong key' : `Nothing or a wrong key, asked again ${maxRetries}×`}:{' '}
            {operator?.displayName ?? 'the call ends'}
          </span>
        </li>
      </ul>
    </Card>
  );
}
