import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { Overload } from './overload.js';

afterEach(cleanup);

const state = { bans: [], lifted: [], shed: [], admittedShare: 1 };

it('says nothing while every call is let in, and was within the last hour', () => {
  render(<TestPage path="/" element={<Overload state={state} />} />);
  expect(screen.queryByRole('alert')).toBeNull();
});

it('says how many calls were turned away in the last hour, why, and what to do', () => {
  const shed = [
    { minute: '2026-03-01T12:05:00.000Z', why: 'slow' as const, calls: 3 },
    { minute: '2026-03-01T12:01:00.000Z', why: 'slow' as const, calls: 1 },
  ];
  render(<TestPage path="/" element={<Overload state={{ ...state, shed }} />} />);
  expect(screen.getByText('New calls were turned away within the last hour')).toBeTruthy();
  const reasons = within(screen.getByRole('list', { name: 'Why calls were turned away' }));
  expect(reasons.getAllByRole('listitem')).toHaveLength(1);
  expect(reasons.getByText(/^4 calls from .* because the server came too late.*processor cores/)).toBeTruthy();
});

it('says what is let in while it goes on', () => {
  render(<TestPage path="/" element={<Overload state={{ ...state, admittedShare: 0.4 }} />} />);
  expect(screen.getByText('More calls than this server can take')).toBeTruthy();
  expect(screen.getByText(/40 % of new calls are let in/)).toBeTruthy();
});
