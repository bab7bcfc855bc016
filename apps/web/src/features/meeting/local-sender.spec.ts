import { expect, it } from 'vitest';
import { LocalSender } from './local-sender.js';
import { LocalMedia } from './media/local-media.js';
import type { RoomMedia } from './media/room-media.js';
import { createMeetingStore } from './meeting-store.js';

/** A visit whose microphone opens when the test lets it. */
function visit() {
  const track = { enabled: true, stop: () => undefined };
  const waiting: ((stream: { getTracks: () => unknown[] }) => void)[] = [];
  const devices = {
    getUserMedia: () => new Promise((opened) => waiting.push(opened)),
    enumerateDevices: () => Promise.resolve([]),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  };
  const local = new LocalMedia(devices as unknown as MediaDevices);
  local.start();
  const store = createMeetingStore();
  store.setState({ phase: 'entered' });
  const said: string[] = [];
  const say = (word: string): Promise<void> => {
    said.push(word);
    return Promise.resolve();
  };
  const media: Partial<RoomMedia> = {
    publish: (source, _track, paused) => say(`${source} ${paused === true ? 'paused' : 'sent'}`),
    setPaused: (source, paused) => say(`${source} ${paused ? 'paused' : 'on'}`),
  };
  const sender = new LocalSender(local, store, {
    media: () => media as RoomMedia,
    tellMuted: (muted) => said.push(muted ? 'muted' : 'not muted'),
  });
  const open = (): void => waiting.shift()?.({ getTracks: () => [track] });
  return { local, sender, said, open, track };
}

it('tells that one can be heard when the microphone opens in the meeting', async () => {
  const { local, said, open, track } = visit();
  const opening = local.openMicrophone();
  open();
  await opening;
  expect(said).toEqual(['not muted', 'microphone sent']);
  expect(track.enabled).toBe(true);
});

it('stays muted where a host mutes while the microphone opens', async () => {
  const { local, sender, said, open, track } = visit();
  local.setMicrophoneOn(false);
  const clicked = sender.setMicrophone(true);
  sender.mutedByHost();
  open();
  await clicked;
  expect(said).toEqual(['microphone paused', 'muted', 'microphone paused']);
  expect([local.store.getState().microphoneOn, track.enabled]).toEqual([false, false]);
});
