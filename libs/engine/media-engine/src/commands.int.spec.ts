import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ThreadedAudioEngine } from './engine/threaded-audio-engine.js';
import type { AudioEngineEvent, OpenedEndpoint } from './index.js';
import { RtpPhone } from './testing/rtp-phone.js';
import { valueOf } from './testing/value-of.js';
import { until, wait } from './testing/wait.js';

/** Longer than a thread goes on ticking with nothing to do. */
const ASLEEP_MS = 5500;
const SOUND = new Int16Array(160).fill(4000);
/** As G.711 µ-law says nothing. */
const SILENT: ReadonlySet<number> = new Set([0x7f, 0xff]);

let engine: ThreadedAudioEngine;
let phones: { a: RtpPhone; b: RtpPhone };
const events: AudioEngineEvent[] = [];

beforeAll(async () => {
  // As many ports as a call needs: each call is on the pairs of the one before, which are bound.
  engine = await ThreadedAudioEngine.start({ portRange: { min: 16350, max: 16353 } });
  engine.on((event) => events.push(event));
  phones = { a: await RtpPhone.open('PCMU'), b: await RtpPhone.open('PCMU') };
  await closeAll(await openBoth());
});
afterEach(() => {
  phones.a.forget();
  phones.b.forget();
});
afterAll(async () => {
  await Promise.all([phones.a.close(), phones.b.close(), engine.close()]);
});

interface Both {
  readonly a: OpenedEndpoint;
  readonly b: OpenedEndpoint;
}

async function openBoth(): Promise<Both> {
  return {
    a: valueOf(await engine.openEndpoint({ group: 'call' })),
    b: valueOf(await engine.openEndpoint({ group: 'call' })),
  };
}

function bridge({ a, b }: Both): void {
  valueOf(engine.setMedia(b.endpointId, phones.b.media()));
  valueOf(engine.connect(a.endpointId, b.endpointId));
  valueOf(engine.setMedia(a.endpointId, phones.a.media()));
}

function closeAll({ a, b }: Both) {
  return Promise.all([engine.closeEndpoint(a.endpointId, 'over'), engine.closeEndpoint(b.endpointId, 'over')]);
}

/** Each says one thing, at once. */
function sayOnce({ a, b }: Both): void {
  phones.a.sendFrame(SOUND, { port: a.rtpPort });
  phones.b.sendFrame(SOUND, { port: b.rtpPort });
}

/** Packets with sound that it heard. */
function heardBy(phone: RtpPhone): number {
  return phone.received.filter(({ payload }) => payload.some((octet) => !SILENT.has(octet))).length;
}

describe('what a thread is told without being woken', () => {
  it('counts from the very next packet: nothing that is said first is lost', async () => {
    for (let round = 0; round < 25; round += 1) {
      const both = await openBoth();
      bridge(both);
      sayOnce(both);
      await until(() => heardBy(phones.a) > round && heardBy(phones.b) > round);
      const [a, b] = await closeAll(both);
      expect(valueOf(a)).toMatchObject({ codec: 'PCMU', packetsReceived: 1, foreignPackets: 0 });
      expect(valueOf(b)).toMatchObject({ codec: 'PCMU', packetsReceived: 1, foreignPackets: 0 });
    }
  });

  it('is done by a thread that had nothing to do and slept', async () => {
    await wait(ASLEEP_MS);
    const both = await openBoth();
    bridge(both);
    sayOnce(both);
    await until(() => heardBy(phones.a) > 0 && heardBy(phones.b) > 0);
    await closeAll(both);
    await wait(ASLEEP_MS);
    // Nobody talks: the figures come all the same.
    const silent = await openBoth();
    bridge(silent);
    expect((await closeAll(silent)).every(({ ok }) => ok)).toBe(true);
  }, 20_000);

  it('keeps its order with what is asked for at once', async () => {
    const both = await openBoth();
    bridge(both);
    const parted = engine.disconnect(both.a.endpointId);
    valueOf(engine.connect(both.a.endpointId, both.b.endpointId));
    const figures = engine.statistics(both.a.endpointId);
    valueOf(await parted);
    expect(valueOf(await figures).codec).toBe('PCMU');
    sayOnce(both);
    await until(() => heardBy(phones.a) > 0 && heardBy(phones.b) > 0);
    phones.a.forget();
    valueOf(engine.connect(both.a.endpointId, both.b.endpointId));
    valueOf(await engine.disconnect(both.a.endpointId));
    phones.b.forget();
    phones.a.sendFrame(SOUND, { port: both.a.rtpPort });
    // Silence of our own, and no packet of the other side.
    await until(() => phones.b.received.length > 3);
    expect(heardBy(phones.b)).toBe(0);
    await closeAll(both);
  });

  it('is not lost where it is more than fits, and the last word counts', async () => {
    const both = await openBoth();
    for (let count = 0; count < 4000; count += 1)
      valueOf(engine.setMedia(both.b.endpointId, phones.b.media({ remote: { address: '127.0.0.1', port: 9 } })));
    bridge(both);
    const closing = wait(1000).then(() => closeAll(both));
    phones.a.speak(both.a.rtpPort, 440);
    await until(() => heardBy(phones.b) > 10);
    phones.a.stopSpeaking();
    expect((await closing).every(({ ok }) => ok)).toBe(true);
  });

  it('is told to be lost where it cannot be done', async () => {
    const { a, b } = await openBoth();
    valueOf(engine.setMedia(a.endpointId, phones.a.media()));
    valueOf(engine.setMedia(b.endpointId, phones.b.media()));
    // As if the thread had lost it: the engine does not know.
    const worker = engine['slots'].slots[0]?.handle;
    await worker?.call('closeEndpoint', b.endpointId, 'behind the back');
    events.length = 0;
    valueOf(engine.connect(b.endpointId, a.endpointId));
    await until(() => events.some(({ type }) => type === 'endpoint-lost'));
    expect(events.find(({ type }) => type === 'endpoint-lost')).toMatchObject({
      endpointId: b.endpointId,
      reason: 'socket-failed',
    });
    await engine.closeEndpoint(a.endpointId, 'over');
  });
});
