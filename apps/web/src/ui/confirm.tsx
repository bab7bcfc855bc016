import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { ReactNode } from 'react';

interface Confirmation {
  title: string;
  /** What will happen, and whether it can be undone. */
  body: ReactNode;
  /** The verb on the button: "Delete". */
  verb: string;
  onConfirm: () => void;
  /** False for acts that destroy nothing. */
  destructive?: boolean;
}

/** Asks before something that cannot be taken back. The safe button has the focus. */
export function confirm({ title, body, verb, onConfirm, destructive = true }: Confirmation): void {
  modals.openConfirmModal({
    title,
    children: (
      <Text size="sm" component="div">
        {body}
      </Text>
    ),
    labels: { confirm: verb, cancel: 'Cancel' },
    confirmProps: destructive ? { color: 'red.8' } : {},
    cancelProps: { 'data-autofocus': true },
    onConfirm,
  });
}
