import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { CallHistoryPage } from './call-history-page.js';

const CALL_ID = '01890000-0000-7000-8000-000000000001';
const party = (number: string, name: string) => ({ number, name, userId: null });
const record = {
  ...{
    callId: CALL_ID,
    direction: 'internal',
    from: party('1002', 'Bob'),
    to: { ...party('1003', 'Carol'), kind: 'user' },
  },
  ...{ startedAt: '2026-03-01T12:00:00.000Z', answeredAt: '2026-03-01T12:00:05.000Z', outcome: 'answered' },
  ...{ endedAt: '2026-03-01T12:01:10.000Z', durationSeconds: 65, endReason: null, sipStatus: 200, legs: [] },
};
const goesOn = { ...record, state: 'answered', endedAt: null, outcome: null };
let answers: Record<string, unknown>;

beforeEach(() => {
  answers = {
    '/api/admin/calls': { calls: [record], nextCursor: null },
    [`/api/admin/calls/${CALL_ID}`]: { ...record, state: 'ended' },
    '/api/contacts': [],
  };
  vi.stubGlobal('fetch', (input: string) => {
    const answer = answers[new URL(input, 'http://x.test').pathname];
    const [status, body] = answer === undefined ? [404, { code: 'REQUEST.NOT_FOUND', message: 'No' }] : [200, answer];
    const headers = { 'content-type': 'application/json' };
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (at: string) =>
  render(<TestPage path="/admin/history/:recordId?" at={at} element={<CallHistoryPage />} />);
const noDrawer = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

it('leads to an address of each call, with the filters of the list', async () => {
  show('/admin/history?outcome=answered');
  const link = await screen.findByRole('link', { name: /2026/ });
  expect(link.getAttribute('href')).toBe(`/admin/history/${CALL_ID}?outcome=answered`);
  await userEvent.setup().click(link);
  expect(await screen.findByRole('dialog', { name: 'Bob to Carol' })).toBeTruthy();
  await userEvent.setup().keyboard('{Escape}');
  await noDrawer();
  expect(screen.getByRole('combobox', { name: 'Outcome' })).toHaveProperty('value', 'Answered');
});

describe('the address of a call', () => {
  it('shows it, also where the list does not reach back to it', async () => {
    answers['/api/admin/calls'] = { calls: [], nextCursor: null };
    show(`/admin/history/${CALL_ID}`);
    expect(await screen.findByText(/talked 1:05/)).toBeTruthy();
    expect(screen.getByRole('link', { name: /ladder/ }).getAttribute('href')).toBe(`/admin/ladders/${CALL_ID}`);
    await userEvent.setup().keyboard('{Escape}');
    await noDrawer();
  });

  it('shows one that still goes on, without an end', async () => {
    answers[`/api/admin/calls/${CALL_ID}`] = goesOn;
    show(`/admin/history/${CALL_ID}`);
    expect(await screen.findByText('Going on')).toBeTruthy();
    expect(screen.getByText('Talking')).toBeTruthy();
    expect(screen.getByRole('timer')).toBeTruthy();
  });

  it('says so where there is none, or it is of another organisation', async () => {
    show('/admin/history/01890000-0000-7000-8000-000000000009');
    expect(await screen.findByRole('heading', { name: 'This call is not there' })).toBeTruthy();
  });
});
