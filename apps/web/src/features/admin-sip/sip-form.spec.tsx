import { DEFAULT_SIP_SETTINGS, type SipChoices } from '@carillon/contracts';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { SipForm } from './sip-form.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('says what a role gives up, and saves another one', async () => {
  const headers = { 'content-type': 'application/json' };
  const fetcher = vi.fn<typeof fetch>(() =>
    Promise.resolve(
      new Response(JSON.stringify({ ...DEFAULT_SIP_SETTINGS, sipRole: 'proxy' }), { status: 200, headers }),
    ),
  );
  vi.stubGlobal('fetch', fetcher);
  render(<TestPage path="/" element={<SipForm choices={{ ...DEFAULT_SIP_SETTINGS }} />} />);
  const user = userEvent.setup();
  expect(screen.getByText(/No relay of the sound/)).toBeTruthy();
  const save = screen.getByRole('button', { name: 'Save' });
  expect(save).toHaveProperty('disabled', true);
  await user.click(screen.getByRole('radio', { name: 'Proxy' }));
  await user.click(save);
  await waitFor(() => expect(fetcher).toHaveBeenCalled());
  const [url, request] = fetcher.mock.calls[0] ?? [];
  expect(url).toContain('/api/admin/sip');
  expect(request?.body).toBe(JSON.stringify({ sipRole: 'proxy' }));
});

it('turns the music on hold off, by a switch that says what it is', async () => {
  const headers = { 'content-type': 'application/json' };
  const silent = { ...DEFAULT_SIP_SETTINGS, holdMusic: 'silence' };
  const fetcher = vi.fn<typeof fetch>(() => Promise.resolve(new Response(JSON.stringify(silent), { headers })));
  vi.stubGlobal('fetch', fetcher);
  render(<TestPage path="/" element={<SipForm choices={{ ...DEFAULT_SIP_SETTINGS }} />} />);
  const user = userEvent.setup();
  const music = screen.getByRole('switch', { name: /^Music for who is on hold/ });
  expect(music).toHaveProperty('checked', true);
  await user.click(music);
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(fetcher).toHaveBeenCalled());
  expect(fetcher.mock.calls[0]?.[1]?.body).toBe(JSON.stringify({ holdMusic: 'silence' }));
});

it('says beside the field what is wrong, sends nothing, and can be brought back to what is usual', async () => {
  const fetcher = vi.fn<typeof fetch>();
  vi.stubGlobal('fetch', fetcher);
  const registration = { ...DEFAULT_SIP_SETTINGS.registration, maximumSeconds: 7200 };
  render(<TestPage path="/" element={<SipForm choices={{ ...DEFAULT_SIP_SETTINGS, registration }} />} />);
  const user = userEvent.setup();
  const shortest = screen.getByRole('textbox', { name: 'Shortest time' });
  await user.clear(shortest);
  await user.type(shortest, '2');
  await user.type(screen.getByRole('combobox', { name: /Extra information/ }), 'Route{Enter}');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('At least 5 seconds')).toBeTruthy();
  expect(screen.getByText(/names that begin with X-/)).toBeTruthy();
  expect(fetcher).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'Fill in what is usual' }));
  expect(shortest).toHaveProperty('value', '30 s');
  expect(screen.getByRole('textbox', { name: 'Longest time' })).toHaveProperty('value', '3600 s');
});

it('keeps what is being edited when another administrator saves meanwhile, and shows the rest as it is now', async () => {
  const fetcher = vi.fn<typeof fetch>();
  vi.stubGlobal('fetch', fetcher);
  let show: (choices: SipChoices) => void = () => undefined;
  const Page = () => {
    const [choices, setChoices] = useState<SipChoices>({ ...DEFAULT_SIP_SETTINGS });
    show = setChoices;
    return <SipForm choices={choices} />;
  };
  render(<TestPage path="/" element={<Page />} />);
  const user = userEvent.setup();
  const ring = screen.getByRole('textbox', { name: 'Phones ring for' });
  await user.clear(ring);
  await user.type(ring, '33');
  const registration = { ...DEFAULT_SIP_SETTINGS.registration, maximumSeconds: 7200 };
  act(() => show({ ...DEFAULT_SIP_SETTINGS, sipRole: 'proxy', registration }));
  expect(ring).toHaveProperty('value', '33 s');
  expect(screen.getByRole('textbox', { name: 'Longest time' })).toHaveProperty('value', '7200 s');
  expect(screen.getByRole('radio', { name: 'Proxy' })).toHaveProperty('checked', true);
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(fetcher).toHaveBeenCalled());
  expect(fetcher.mock.calls[0]?.[1]?.body).toBe(JSON.stringify({ ringSeconds: 33 }));
});
