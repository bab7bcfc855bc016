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
let asked: string[];

beforeEach(() => {
  answers = {
    '/api/admin/calls': { calls: [record], nextCursor: null },
    [`/api/admin/calls/${CALL_ID}`]: { ...record, state: 'ended' },
    '/api/contacts': [],
  };
  asked = [];
  vi.stubGlobal('fetch', (input: string) => {
    const { pathname } = new URL(input, 'http://x.test');
    asked.push(pathname);
    const answer = answers[pathname];
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

it('keeps what is searched for in the address, and in that of each call', async () => {
  show('/admin/history?outcome=answered&search=bo');
  const field = await screen.findByRole('searchbox', { name: 'Number or name' });
  expect(field).toHaveProperty('value', 'bo');
  await waitFor(() => expect(asked.at(-1)).toBe('/api/admin/calls'));
  await userEvent.setup().type(field, 'b ');
  await waitFor(() =>
    expect(screen.getByRole('link', { name: /2026/ }).getAttribute('href')).toBe(
      `/admin/history/${CALL_ID}?outcome=answered&search=bob`,
    ),
  );
  expect(field).toHaveProperty('value', 'bob ');
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

  it('does not call "going on" what has no end and is nowhere', async () => {
    answers[`/api/admin/calls/${CALL_ID}`] = { ...goesOn, state: 'ended' };
    show(`/admin/history/${CALL_ID}`);
    expect(await screen.findByText('It is not known when.')).toBeTruthy();
    expect(screen.queryByText('Going on')).toBeNull();
    expect(screen.queryByRole('timer')).toBeNull();
  });

  it('is not asked again for a call that goes on once its drawer is closed', async () => {
    answers[`/api/admin/calls/${CALL_ID}`] = goesOn;
    show(`/admin/history/${CALL_ID}`);
    await screen.findByText('Going on');
    await userEvent.setup().keyboard('{Escape}');
    await noDrawer();
    const before = asked.length;
    // Longer than from one look to the next.
    await new Promise((settle) => setTimeout(settle, 3_500));
    expect(asked.slice(before)).toEqual([]);
  });

  it('that names none is answered without asking the server', async () => {
    show('/admin/history/live');
    expect(await screen.findByRole('heading', { name: 'This call is not there' })).toBeTruthy();
    expect(asked).not.toContain('/api/admin/calls/live');
  });

  it('says so where there is none, or it is of another organisation', async () => {
    show('/admin/history/01890000-0000-7000-8000-000000000009');
    expect(await screen.findByRole('heading', { name: 'This call is not there' })).toBeTruthy();
  });
});
