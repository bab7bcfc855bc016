import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { ApiFailure } from '../api/api-failure.js';
import { failureText } from './failure-text.js';

/** Tells that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', icon: <IconCheck size={18} />, autoClose: 4_000 });
}

/** Tells what went wrong. Where no more is known than that the session is over, the page to log in says it. */
export function notifyFailure(failure: unknown, title?: string): void {
  if (title === undefined && failure instanceof ApiFailure && failure.code === 'IDENTITY.NO_SESSION') return;
  notifications.show({
    ...(title !== undefined && { title }),
    message: failureText(failure),
    color: 'red',
    icon: <IconAlertTriangle size={18} />,
    autoClose: 8_000,
  });
}
