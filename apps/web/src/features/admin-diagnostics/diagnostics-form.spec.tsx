import { Diagnostics } from '@carillon/contracts';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { serve } from '../../testing/serve.js';
import { TestPage } from '../../testing/test-page.js';
import { DiagnosticsForm } from './diagnostics-form.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const diagnostics = Diagnostics.parse({
  ladder: { on: true, keepDays: 30, maxMegabytes: 100 },
  hep: {
    ...{ on: true, host: 'homer.example', port: 9060, transport: 'udp', captureId: 2001, hasAuthKey: false },
  },
  kept: { calls: 1, bytes: 1 },
});
const sendingTo = (host: string): Diagnostics => ({ ...diagnostics, hep: { ...diagnostics.hep, host } });

function open() {
  let show: (stored: Diagnostics) => void = () => undefined;
  const Form = () => {
    const [stored, setStored] = useState(diagnostics);
    show = setStored;
    return <DiagnosticsForm diagnostics={stored} />;
  };
  render(<TestPage path="/" element={<Form />} />);
  return {
    show: (stored: Diagnostics) => act(() => show(stored)),
    host: screen.getByRole('textbox', { name: 'Host' }),
    test: screen.getByRole('button', { name: 'Send a test message' }),
    save: screen.getByRole('button', { name: 'Save' }),
    user: userEvent.setup(),
  };
}

it('offers a test only of what is saved, also after the settings were saved once', async () => {
  serve({ PUT: [200, sendingTo('homer2.example')] });
  const { show, host, test, save, user } = open();
  expect(test).toHaveProperty('disabled', false);
  await user.clear(host);
  await user.type(host, ' homer2.example ');
  expect(test).toHaveProperty('disabled', true);
  await user.click(save);
  // As the server has written it.
  await waitFor(() => expect(host).toHaveProperty('value', 'homer2.example'));
  show(sendingTo('homer2.example'));
  expect(test).toHaveProperty('disabled', false);
  await user.type(host, '.test');
  expect(test).toHaveProperty('disabled', true);
  expect(screen.getByText(/Save first/)).toBeTruthy();
});

it('follows what another administrator saves, and sends it along with what is typed here', async () => {
  const fetcher = serve({ PUT: [200, diagnostics] });
  const { show, host, save, user } = open();
  await user.clear(host);
  await user.type(host, 'mine.example');
  show({ ...diagnostics, ladder: { ...diagnostics.ladder, keepDays: 7 } });
  await user.click(save);
  await waitFor(() => expect(fetcher).toHaveBeenCalled());
  const sent = fetcher.mock.calls[0]?.[1]?.body;
  expect(JSON.parse(typeof sent === 'string' ? sent : '')).toMatchObject({
    ladder: { keepDays: 7 },
    hep: { host: 'mine.example' },
  });
});
