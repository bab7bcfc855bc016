import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { failureText } from './failure-text.js';

/** Tells that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', icon: <IconCheck size={18} />, autoClose: 4_000 });
}

/** Tells what went wrong. */
export function notifyFailure(failure: unknown, title?: string): void {
  notifications.show({
    ...(title !== undefined && { title }),
    message: failureText(failure),
    color: 'red',
    icon: <IconAlertTriangle size={18} />,
    autoClose: 8_000,
  });
}
