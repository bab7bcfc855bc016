import { silentLogger } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import type { BusFrame, BusLink } from './bus-link.js';
import { FrameQueue } from './frame-queue.js';
import { HubTransport } from './hub-transport.js';
import { SpokeTransport } from './spoke-transport.js';

/** Two ends in one process; what goes over is copied, as between two. */
function linkPair(): [BusLink, BusLink] {
  const handlers: ((frames: readonly BusFrame[]) => void)[] = [];
  const end = (own: number): BusLink => ({
    send: (frames, taken) => {
      const copies = structuredClone(frames);
      setImmediate(() => {
        handlers[1 - own]?.(copies);
        taken();
      });
    },
    onFrames: (handler) => void (handlers[own] = handler),
    onClosed: () => undefined,
  });
  return [end(0), end(1)];
}

function attached(hub: HubTransport): SpokeTransport {
  const [here, there] = linkPair();
  hub.attach(here);
  return new SpokeTransport(there, silentLogger());
}

const turns = (): Promise<void> => new Promise((settle) => void setTimeout(settle, 20));

it('sends those of one turn together, and says when too much waits', async () => {
  const batches: number[] = [];
  const pending: (() => void)[] = [];
  const link: BusLink = {
    send: (frames, taken) => {
      batches.push(frames.length);
      pending.push(taken);
    },
    onFrames: () => undefined,
    onClosed: () => undefined,
  };
  const queue = new FrameQueue(link, () => undefined, 3);
  const frame = { kind: 'event', subject: 'a', payload: 1 } as const;
  expect([1, 2, 3, 4].map(() => queue.push(frame))).toEqual([true, true, true, false]);
  await turns();
  expect(batches).toEqual([3]);
  expect(queue.push(frame)).toBe(false);
  for (const taken of pending) taken();
  expect(queue.push(frame)).toBe(true);
});

it('refuses what cannot be copied, and delivers what was sent with it', async () => {
  const hub = new HubTransport(silentLogger());
  const spoke = attached(hub);
  const heard: unknown[] = [];
  hub.respond('x', (payload) => Promise.resolve({ ok: true, value: payload }));
  hub.listen('y', (payload) => void heard.push(payload));
  const bad = spoke.request('x', () => undefined, 1000);
  const good = spoke.request('x', 7, 1000);
  spoke.send('y', 8);
  await expect(bad).rejects.toMatchObject({ code: 'BUS.INVALID' });
  expect(await good).toEqual({ ok: true, value: 7 });
  expect(heard).toEqual([8]);
});

it('asks here first, then the others, and gives up in time', async () => {
  const hub = new HubTransport(silentLogger());
  const [first, second] = [attached(hub), attached(hub)];
  const stop = second.respond('x', () => Promise.resolve({ ok: true, value: 'second' }));
  first.respond('slow', () => new Promise(() => undefined));
  await turns();
  expect(await first.request('x', 0, 1000)).toEqual({ ok: true, value: 'second' });
  first.respond('x', () => Promise.resolve({ ok: true, value: 'first' }));
  expect(await first.request('x', 0, 1000)).toEqual({ ok: true, value: 'first' });
  await expect(second.request('slow', 0, 30)).rejects.toMatchObject({ code: 'BUS.TIMEOUT' });
  stop();
  await turns();
  expect(await hub.request('x', 0, 1000)).toEqual({ ok: true, value: 'first' });
  expect(await hub.request('nobody', 0, 1000)).toBeUndefined();
});

it('sends what somebody else hears, and nothing else', async () => {
  const hub = new HubTransport(silentLogger());
  const sent: string[] = [];
  const [here, there] = linkPair();
  hub.attach(here);
  const counted: BusLink = {
    ...there,
    send: (frames, taken) => {
      sent.push(...frames.flatMap((frame) => (frame.kind === 'event' ? frame.subject : [])));
      there.send(frames, taken);
    },
  };
  const first = new SpokeTransport(counted, silentLogger());
  // Before it knows, everything may be heard.
  expect(first.mayBeHeard('x')).toBe(true);
  const second = attached(hub);
  // It speaks first: a process that is being started hears nothing yet.
  first.respond('begins', () => Promise.resolve({ ok: true, value: undefined }));
  await turns();
  first.send('x', 1);
  expect(first.mayBeHeard('x')).toBe(false);

  const heard: unknown[] = [];
  const stops = [
    second.listen('x', (value) => void heard.push(value)),
    hub.listen('x', (value) => void heard.push(value)),
  ];
  await turns();
  first.send('x', 2);
  await turns();
  expect(heard).toEqual([2, 2]);
  stops[0]?.();
  await turns();
  expect(first.mayBeHeard('x')).toBe(true);
  stops[1]?.();
  await turns();
  first.send('x', 3);
  // What it hears itself it need not send.
  first.listen('x', (value) => void heard.push(value));
  await turns();
  first.send('x', 4);
  await turns();
  expect(heard).toEqual([2, 2, 4]);
  expect(sent).toEqual(['x']);
});
