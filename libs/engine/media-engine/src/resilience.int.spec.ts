import { createSocket } from 'node:dgram';
import { parseRtcp } from '@carillon/rtp';
import { afterEach, describe, expect, it } from 'vitest';
import { ThreadedAudioEngine } from './engine/threaded-audio-engine.js';
import type { AudioEngineEvent } from './index.js';
import { RtpPhone } from './testing/rtp-phone.js';
import { until } from './testing/wait.js';

const engines: ThreadedAudioEngine[] = [];

async function start(min: number, max: number, workers = 1) {
  const engine = await ThreadedAudioEngine.start({ portRange: { min, max }, workers });
  engines.push(engine);
  const events: AudioEngineEvent[] = [];
  engine.on((event) => events.push(event));
  return { engine, events };
}

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

describe('ports', () => {
  it('passes over ports that others hold, and refuses with a code when none is left', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((done) => taken.bind(16302, '127.0.0.1', done));
    const { engine } = await start(16300, 16305);
    const first = await engine.openEndpoint({});
    const second = await engine.openEndpoint({});
    expect(first.ok && first.value.rtpPort).toBe(16300);
    expect(second.ok && second.value.rtpPort).toBe(16304);
    expect(await engine.openEndpoint({})).toMatchObject({ ok: false, code: 'MEDIA.PORTS_EXHAUSTED' });
    if (first.ok) await engine.closeEndpoint(first.value.endpointId, 'over');
    expect((await engine.openEndpoint({})).ok).toBe(true);
    taken.close();
  });
});

describe('a lost worker', () => {
  it('is reported and replaced; what the others hold goes on', async () => {
    const { engine, events } = await start(16310, 16339, 2);
    const a = await engine.openEndpoint({ endpointId: 'on-first', group: 'one' });
    const b = await engine.openEndpoint({ endpointId: 'on-second', group: 'two' });
    if (!a.ok || !b.ok) throw new Error('Not opened.');
    expect(engine.health().workers.map(({ endpoints }) => endpoints)).toEqual([1, 1]);
    expect(engine.connect('on-first', 'on-second')).toMatchObject({ ok: false, code: 'MEDIA.DIFFERENT_WORKERS' });
    // As if the thread had crashed: nobody in the engine asked for it.
    await engine['slots'].slots[0]?.handle?.['worker'].terminate();
    await until(() => events.some((event) => event.type === 'endpoint-lost'));
    expect(events.find((event) => event.type === 'endpoint-lost')).toMatchObject({
      endpointId: 'on-first',
      reason: 'worker-crashed',
    });
    expect(engine.health().workers[0]?.alive).toBe(false);
    await until(() => events.some((event) => event.type === 'worker-replaced'), 20_000);
    expect(engine.health().workers.map(({ alive, restarts }) => [alive, restarts])).toEqual([
      [true, 1],
      [true, 0],
    ]);
    expect(await engine.statistics('on-first')).toMatchObject({ ok: false, code: 'MEDIA.ENDPOINT_UNKNOWN' });
    expect((await engine.statistics('on-second')).ok).toBe(true);
    const phone = await RtpPhone.open('PCMU');
    const fresh = await engine.openEndpoint({ group: 'three' });
    if (!fresh.ok) throw new Error(fresh.detail);
    engine.setMedia(fresh.value.endpointId, phone.media());
    await engine.echo(fresh.value.endpointId);
    phone.speak(fresh.value.rtpPort, 640);
    await phone.hears(640);
    await phone.close();
  });
});

describe('RTCP', () => {
  it('reports what is sent and received, measures the round trip, and says goodbye', async () => {
    const { engine } = await start(16340, 16349);
    const opened = await engine.openEndpoint({});
    if (!opened.ok) throw new Error(opened.detail);
    const { endpointId, rtpPort, ssrc } = opened.value;
    const phone = await RtpPhone.open('PCMU');
    engine.setMedia(endpointId, phone.media());
    phone.speak(rtpPort, 440);
    await until(() => phone.rtcp.length > 0, 9000);
    const result = parseRtcp(phone.rtcp[0]!);
    if (!result.ok) throw new Error(result.code);
    const [report, description] = result.packets;
    expect(report).toMatchObject({ type: 'sender-report', ssrc });
    if (report?.type !== 'sender-report') throw new Error('No sender report.');
    expect(report.reports[0]).toMatchObject({ ssrc: phone.ssrc >>> 0, fractionLost: 0, cumulativeLost: 0 });
    expect(report.packetCount).toBeGreaterThan(20);
    expect(description).toMatchObject({ type: 'source-description', chunks: [{ ssrc }] });
    const closed = await engine.closeEndpoint(endpointId, 'over');
    expect(closed).toMatchObject({ ok: true, value: { codec: 'PCMU', packetsLost: 0 } });
    await until(() =>
      phone.rtcp.some((bytes) => {
        const parsed = parseRtcp(bytes);
        return parsed.ok && parsed.packets.some((packet) => packet.type === 'goodbye' && packet.reason === 'over');
      }),
    );
    expect(await engine.closeEndpoint(endpointId, 'again')).toMatchObject({
      ok: false,
      code: 'MEDIA.ENDPOINT_UNKNOWN',
    });
    await phone.close();
  }, 20_000);
});
