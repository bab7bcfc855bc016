import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Link, useLocation } from 'react-router';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { LadderPage } from './ladder-page.js';

const CALL_ID = '01990000-0000-7000-8000-000000000001';
const message = (at: number, changes: object) => ({
  ...{ kind: 'message', at, participant: 'a', direction: 'in', protocol: 'udp', sipCallId: '1', cseq: 1 },
  local: { address: '192.0.2.9', port: 5060 },
  remote: { address: '192.0.2.1', port: 5060 },
  ...{ method: 'INVITE', status: null, reason: '', sdp: false, repeats: 0, lastRepeatAt: null, octets: 'x' },
  ...changes,
});
const ladder = {
  ...{ callId: CALL_ID, startedAt: 1000, live: false, notKept: 0, refused: null },
  participants: [
    { id: 'a', kind: 'caller', label: 'Alice', detail: 'Desk phone of the reception on the ground floor' },
    { id: 'carillon', kind: 'carillon', label: 'Carillon', detail: null },
  ],
  entries: [
    message(1000, {}),
    { kind: 'note', at: 1001, participant: null, category: 'decision', code: 'call.routed', text: 'Goes to Bob' },
    message(1002, { direction: 'out', status: 486, reason: 'Busy Here' }),
    message(1003, { method: 'ACK' }),
  ],
};
const diagnostics = {
  ladder: { on: true, keepDays: 30, maxMegabytes: 1024 },
  hep: { on: true, host: 'homer.test', port: 9060, transport: 'udp', captureId: 1, hasAuthKey: false },
  kept: { calls: 1, bytes: 1 },
};
const fetcher = vi.fn<typeof fetch>();

beforeEach(() => {
  fetcher.mockImplementation((input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, 'http://x.test');
    const answers: Record<string, unknown> = {
      [`GET /api/calls/${CALL_ID}/ladder`]: { ladder, explanation: { headline: 'Bob was busy.', steps: [] } },
      [`POST /api/calls/${CALL_ID}/ladder/hep`]: { detail: 'Sent 3 messages' },
      'GET /api/admin/diagnostics': diagnostics,
    };
    const answer = answers[`${init?.method ?? 'GET'} ${pathname}`];
    const body = answer ?? { code: 'LADDER.NOT_FOUND', message: 'Nothing is kept of this call' };
    const headers = { 'content-type': 'application/json' };
    return Promise.resolve(new Response(JSON.stringify(body), { status: answer === undefined ? 404 : 200, headers }));
  });
  vi.stubGlobal('fetch', fetcher);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (rest: string) =>
  render(<TestPage path="/admin/ladders/:callId" at={`/admin/ladders/${rest}`} element={<LadderPage />} />);
const panel = () => screen.findByRole('region', { name: 'Message' });
const title = async (name: string) => within(await panel()).findByRole('heading', { name });
const closed = () => waitFor(() => expect(screen.queryByRole('region', { name: 'Message' })).toBeNull());

it('opens the message that the address names, steps to those beside it, and closes', async () => {
  show(`${CALL_ID}?message=3`);
  const user = userEvent.setup();
  await title('486 Busy Here');
  await user.click(screen.getByRole('button', { name: 'Next message' }));
  await title('ACK');
  expect(screen.getByRole('button', { name: 'Next message' })).toHaveProperty('disabled', true);
  await user.click(screen.getByRole('button', { name: 'Message before' }));
  // Over the decision, which is no message.
  await user.click(screen.getByRole('button', { name: 'Message before' }));
  await title('INVITE');
  await user.click(screen.getByRole('button', { name: 'Close the message' }));
  await closed();
  expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^INVITE, /);
});

it('scrolls to the message that the address names once every line is where it stays', async () => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(900);
  const widths: (string | null | undefined)[] = [];
  vi.spyOn(Element.prototype, 'scrollIntoView').mockImplementation(function (this: Element, how) {
    if (typeof how === 'object' && how.block === 'center') widths.push(this.closest('svg')?.getAttribute('width'));
  });
  show(`${CALL_ID}?message=3`);
  await title('486 Busy Here');
  // Where it is narrower, notes take more lines, and what is below them is elsewhere.
  await waitFor(() => expect(widths).toEqual(['900']));
});

it('is walked by keys: Enter opens, arrows go on, Escape closes', async () => {
  show(CALL_ID);
  const user = userEvent.setup();
  (await screen.findByRole('button', { name: /^INVITE, / })).focus();
  await user.keyboard('{Enter}');
  await title('INVITE');
  await user.keyboard('{ArrowDown}');
  await title('486 Busy Here');
  await user.keyboard('{Escape}');
  await closed();
});

it('leaves one entry in the history, however fast one message is opened after the other', async () => {
  const Address = () => {
    const { pathname, search } = useLocation();
    return (
      <>
        <output data-testid="address">{pathname + search}</output>
        <Link to={`/admin/ladders/${CALL_ID}`}>From the history</Link>
        <LadderPage />
      </>
    );
  };
  render(<TestPage path="/admin/ladders/:callId" at={`/admin/ladders/${CALL_ID}?before`} element={<Address />} />);
  const address = () => screen.getByTestId('address').textContent;
  fireEvent.click(screen.getByText('From the history'));
  const invite = await screen.findByRole('button', { name: /^INVITE, / });
  await waitFor(() => expect(address()).toBe(`/admin/ladders/${CALL_ID}`));
  // Before the router has drawn anything.
  act(() => {
    invite.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    for (const name of [/^486 /, /^ACK/, /^486 /])
      screen.getByRole('button', { name }).dispatchEvent(new MouseEvent('click', { bubbles: true }));
  });
  await title('486 Busy Here');
  await userEvent.setup().click(screen.getByRole('button', { name: 'Close the message' }));
  await closed();
  expect(address()).toBe(`/admin/ladders/${CALL_ID}`);
});

it('shows a title that is cut as a whole to who points at it', async () => {
  show(CALL_ID);
  await screen.findByRole('button', { name: /^INVITE, / });
  const titles = [...document.querySelectorAll('[data-testid="ladder-diagram"] title')].map((one) => one.textContent);
  expect(titles).toContain('Desk phone of the reception on the ground floor');
  expect(titles).not.toContain('Alice');
});

it.each(['99', '0', '-1', '2', 'x'])(
  'shows the ladder alone where the address names no message: %s',
  async (number) => {
    show(`${CALL_ID}?message=${number}`);
    await screen.findByText('Bob was busy.');
    await closed();
  },
);

it('is sent to a collector where there is one, and leads to its call', async () => {
  show(CALL_ID);
  expect((await screen.findByRole('link', { name: 'Call details' })).getAttribute('href')).toBe(
    `/admin/history/${CALL_ID}`,
  );
  await userEvent.setup().click(await screen.findByRole('button', { name: 'Send to Homer' }));
  await waitFor(() => expect(fetcher.mock.calls.some(([, init]) => init?.method === 'POST')).toBe(true));
});

it('says so where nothing is kept', async () => {
  show('01990000-0000-7000-8000-000000000009');
  expect(await screen.findByRole('heading', { name: 'Nothing is kept of this call' })).toBeTruthy();
});
