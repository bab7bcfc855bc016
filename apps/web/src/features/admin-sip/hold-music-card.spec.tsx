import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { HoldMusicCard } from './hold-music-card.js';
import { buildWav } from './to-telephone-wav.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const own = { fileName: 'waltz.mp3', seconds: 75, uploadedAt: '2026-03-01T12:00:00.000Z', uploadedBy: 'Ada' };

function serve(body: unknown) {
  const fetcher = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })),
  );
  vi.stubGlobal('fetch', fetcher);
  return fetcher;
}

it('says that the built-in piece is heard where there is no other', async () => {
  serve({ own: null });
  render(<TestPage path="/" element={<HoldMusicCard />} />);
  expect(await screen.findByText('The built-in piece is heard.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Upload your own' })).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Use the built-in piece' })).toBeNull();
});

it('plays what was uploaded, and offers the way back', async () => {
  serve({ own });
  render(<TestPage path="/" element={<HoldMusicCard />} />);
  expect(await screen.findByText('waltz.mp3')).toBeTruthy();
  expect(screen.getByText(/by Ada/)).toBeTruthy();
  expect(screen.getByLabelText(/as callers hear it/).getAttribute('src')).toMatch(/hold-music\/audio/);
  expect(screen.getByRole('button', { name: 'Use the built-in piece' })).toBeTruthy();
});

it('says what is wrong with a file that the browser cannot play, and sends nothing', async () => {
  const fetcher = serve({ own: null });
  vi.stubGlobal(
    'OfflineAudioContext',
    class {
      decodeAudioData(): Promise<never> {
        return Promise.reject(new Error('no sound'));
      }
    },
  );
  const { container } = render(<TestPage path="/" element={<HoldMusicCard />} />);
  await screen.findByText('The built-in piece is heard.');
  const input = container.ownerDocument.querySelector('input[type=file]');
  fireEvent.change(input as Element, { target: { files: [new File(['text'], 'letter.txt')] } });
  expect(await screen.findByText(/This browser cannot play that file/)).toBeTruthy();
  expect(fetcher.mock.calls.every(([, init]) => (init?.method ?? 'GET') === 'GET')).toBe(true);
});

it('makes loud music as loud as a voice, and leaves soft music as it is', () => {
  const samplesOf = (wav: Uint8Array) => [...new Int16Array(wav.buffer, 44)];
  expect(samplesOf(buildWav(Float32Array.of(1, -0.5)))).toEqual([11_468, -5_734]);
  expect(samplesOf(buildWav(Float32Array.of(0.1)))).toEqual([3_277]);
});
