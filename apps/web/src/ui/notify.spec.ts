import { notifications, notificationsStore } from '@mantine/notifications';
import { afterEach, expect, it } from 'vitest';
import { ApiFailure } from '../api/api-failure.js';
import { notifyFailure } from './notify.js';

afterEach(() => notifications.clean());

const shown = () => notificationsStore.getState().notifications.map(({ message }) => message);
const over = new ApiFailure('IDENTITY.NO_SESSION', 'Log in first', { status: 401 });

it('leaves it to the page to log in to say that the session is over', () => {
  notifyFailure(over);
  expect(shown()).toEqual([]);
});

it('tells every other failure, and what was not done when the session was over', () => {
  notifyFailure(new ApiFailure('ROOM.FULL', 'Full', { status: 409 }));
  notifyFailure(over, 'The message was not deleted');
  expect(shown()).toEqual(['This meeting is full.', 'Log in first']);
});
