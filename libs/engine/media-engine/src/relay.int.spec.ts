import { describe, expect, it } from 'vitest';
import { amplitudeAt } from './testing/measure-tone.js';
import { useAudioEngine } from './testing/use-audio-engine.js';
import { valueOf } from './testing/value-of.js';
import { until, wait } from './testing/wait.js';

const audio = useAudioEngine(19_000);

describe('two phones', () => {
  it.each([
    ['PCMU', 'PCMU'],
    ['PCMU', 'PCMA'],
    ['PCMU', 'opus'],
    ['opus', 'opus'],
    ['G722', 'G722'],
    ['G722', 'PCMA'],
    ['G722', 'opus'],
  ] as const)('%s and %s hear each other at the right pitch and level', async (codecA, codecB) => {
    const a = await audio.leg(codecA);
    const b = await audio.leg(codecB);
    valueOf(audio.engine.connect(a.endpointId, b.endpointId));
    a.phone.speak(a.rtpPort, 440);
    b.phone.speak(b.rtpPort, 1000);
    for (const [phone, expected, other] of [
      [a.phone, 1000, 440],
      [b.phone, 440, 1000],
    ] as const) {
      await phone.hears(expected, { min: 6500, max: 9500 });
      expect(amplitudeAt(phone.recent(500), phone.sampleRate, other)).toBeLessThan(200);
      expect(new Set(phone.received.map((packet) => packet.ssrc)).size).toBe(1);
    }
    const statistics = valueOf(await audio.engine.statistics(a.endpointId));
    expect(statistics.packetsReceived).toBeGreaterThan(20);
    expect(statistics.packetsLost).toBe(0);
  });

  it('keeps sequence numbers and SSRC continuous when a leg is bridged anew', async () => {
    const a = await audio.leg('PCMU');
    const b = await audio.leg('PCMU');
    const c = await audio.leg('PCMU');
    b.phone.speak(b.rtpPort, 440);
    c.phone.speak(c.rtpPort, 800);
    await wait(200);
    valueOf(audio.engine.connect(a.endpointId, b.endpointId));
    await wait(300);
    valueOf(audio.engine.connect(a.endpointId, c.endpointId));
    await wait(300);
    valueOf(await audio.engine.disconnect(a.endpointId));
    await wait(200);
    const sequences = a.phone.received.map((packet) => packet.sequence);
    for (let index = 1; index < sequences.length; index += 1) {
      expect((sequences[index]! - sequences[index - 1]!) & 0xffff).toBe(1);
    }
    for (let index = 1; index < a.phone.received.length; index += 1) {
      const step = (a.phone.received[index]!.timestamp - a.phone.received[index - 1]!.timestamp) | 0;
      expect(step).toBeGreaterThanOrEqual(0);
      expect(step).toBeLessThan(8000);
    }
    expect(new Set(a.phone.received.map((packet) => packet.ssrc)).size).toBe(1);
  });

  it('passes keys on both ways, reports them, and takes them by command', async () => {
    const a = await audio.leg('PCMU');
    const b = await audio.leg('opus');
    valueOf(audio.engine.connect(a.endpointId, b.endpointId));
    a.phone.speak(a.rtpPort, 0);
    b.phone.speak(b.rtpPort, 0);
    await wait(200);
    audio.events.length = 0;
    a.phone.pressKey('5', a.rtpPort);
    await until(() => audio.events.some((event) => event.type === 'dtmf-received'));
    expect(audio.events.find((event) => event.type === 'dtmf-received')).toMatchObject({
      endpointId: a.endpointId,
      digit: '5',
      durationMs: 100,
      method: 'rtp',
    });
    await until(() => b.phone.events.filter((packet) => (packet.payload[1]! & 0x80) !== 0).length === 3);
    const sent = b.phone.events;
    expect(new Set(sent.map((packet) => packet.timestamp)).size).toBe(1);
    expect(sent.every((packet) => packet.payload[0] === 5)).toBe(true);
    valueOf(await audio.engine.inputDtmf(b.endpointId, '#'));
    await until(() => a.phone.events.some((packet) => packet.payload[0] === 11 && (packet.payload[1]! & 0x80) !== 0));
  });

  it('sounds keys in band where telephone-event was not negotiated', async () => {
    const presses = await audio.leg('PCMU');
    const phone = await audio.phone('PCMA');
    const endpoint = await audio.endpoint();
    const { telephoneEvent: _none, ...media } = phone.media();
    valueOf(audio.engine.setMedia(endpoint.endpointId, media));
    valueOf(audio.engine.connect(presses.endpointId, endpoint.endpointId));
    valueOf(await audio.engine.inputDtmf(presses.endpointId, '1', 500));
    await until(
      () => amplitudeAt(phone.recent(200), 8000, 697) > 1500 && amplitudeAt(phone.recent(200), 8000, 1209) > 1500,
    );
  });

  it('echoes, mutes, and is quiet on hold', async () => {
    const a = await audio.leg('PCMA');
    valueOf(await audio.engine.echo(a.endpointId));
    a.phone.speak(a.rtpPort, 600);
    await a.phone.hears(600);
    valueOf(await audio.engine.setMuted(a.endpointId, true));
    await wait(300);
    a.phone.forget();
    await until(() => a.phone.samples.length > 2400);
    expect(amplitudeAt(a.phone.samples, 8000, 600)).toBeLessThan(50);
    valueOf(audio.engine.setMedia(a.endpointId, a.phone.media({ direction: 'inactive' })));
    await wait(100);
    a.phone.forget();
    await wait(200);
    expect(a.phone.received).toHaveLength(0);
  });
});

describe('the network', () => {
  it('survives garbage and counts it', async () => {
    const a = await audio.leg('PCMU');
    valueOf(await audio.engine.echo(a.endpointId));
    for (let index = 0; index < 300; index += 1) {
      const length = index * 5;
      a.phone.send(
        Uint8Array.from({ length }, () => Math.random() * 256),
        a.rtpPort,
      );
      a.phone.send(
        Uint8Array.from({ length }, (_, at) => (at === 0 ? 0x80 : at === 1 ? 200 : 255)),
        a.rtcpPort,
      );
      if (index % 50 === 0) await wait(5);
    }
    a.phone.speak(a.rtpPort, 700);
    await a.phone.hears(700);
    expect(valueOf(await audio.engine.statistics(a.endpointId)).malformedPackets).toBeGreaterThan(50);
  });

  it('learns the real address, and lets nobody else take the stream over', async () => {
    const phone = await audio.phone('PCMU');
    const intruder = await audio.phone('PCMU');
    const endpoint = await audio.endpoint();
    // SDP names an address that the phone, behind NAT, does not really have.
    valueOf(audio.engine.setMedia(endpoint.endpointId, phone.media({ remote: { address: '127.0.0.9', port: 9 } })));
    valueOf(await audio.engine.echo(endpoint.endpointId));
    phone.speak(endpoint.rtpPort, 500);
    await until(() => phone.samples.length > 4000);
    intruder.speak(endpoint.rtpPort, 900);
    await wait(700);
    expect(intruder.received).toHaveLength(0);
    const statistics = valueOf(await audio.engine.statistics(endpoint.endpointId));
    expect(statistics.latchedRemote).toEqual({ address: '127.0.0.1', port: phone.port });
    expect(statistics.foreignPackets).toBeGreaterThan(10);
    await phone.hears(500);
    expect(amplitudeAt(phone.recent(500), 8000, 900)).toBeLessThan(100);
  });

  it('conceals losses and puts packets back in order', async () => {
    const a = await audio.leg('PCMU');
    const b = await audio.leg('opus');
    valueOf(audio.engine.connect(a.endpointId, b.endpointId));
    b.phone.speak(b.rtpPort, 0);
    const realSend = a.phone.send.bind(a.phone);
    let count = 0;
    a.phone.send = (bytes, port) => {
      count += 1;
      if (count % 20 === 0) return;
      if (count % 7 === 0) setTimeout(() => realSend(bytes, port), 25);
      else realSend(bytes, port);
    };
    a.phone.speak(a.rtpPort, 440);
    await wait(1500);
    await b.phone.hears(440, { min: 5000, max: 9500 });
    expect(valueOf(await audio.engine.statistics(a.endpointId)).packetsLost).toBeGreaterThan(2);
  });
});
