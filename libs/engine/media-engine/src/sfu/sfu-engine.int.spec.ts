import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AudioEngine } from '../api/audio-engine.js';
import { createAudioEngine } from '../engine/create-audio-engine.js';
import type { SfuEvent } from './sfu-event.js';
import { SfuEngine } from './sfu-engine.js';
import type { SfuRequest } from './sfu-request.js';
import { Browsers, hasChromium } from './test-support/browsers.js';
import { TonePhone } from './test-support/tone-phone.js';

/** A tone that came through is louder than this, dB; one that did not is far below. */
const HEARD = -45;
const NOT_HEARD = -60;
const near = (hz: number) => (heard: { hz: number; db: number }) => Math.abs(heard.hz - hz) < 12 && heard.db > HEARD;

describe.skipIf(!hasChromium)('a meeting of browsers and phones', () => {
  let audio: AudioEngine;
  let sfu: SfuEngine;
  let browsers: Browsers;
  let workerPid = 0;
  const events: SfuEvent[] = [];
  const phones: TonePhone[] = [];

  beforeAll(async () => {
    audio = await createAudioEngine({ portRange: { min: 18_000, max: 18_199 } });
    sfu = new SfuEngine({
      audio,
      listenAddress: '127.0.0.1',
      webRtcPorts: [18_300],
      bridgePorts: { min: 18_200, max: 18_299 },
    });
    sfu.on((event) => {
      events.push(event);
      if (event.type === 'worker-ready') workerPid = event.pid;
    });
    await sfu.start();
    browsers = await Browsers.launch();
  });

  afterEach(() => {
    for (const phone of phones.splice(0)) phone.hangUp();
    events.length = 0;
  });

  afterAll(async () => {
    await browsers?.close();
    await sfu.close();
    await audio.close();
  });

  async function enter(roomId: string, participantId = randomUUID()) {
    const ask = async (request: SfuRequest): Promise<unknown> => {
      const answer = await sfu.request(roomId, participantId, request);
      if (!answer.ok) throw new Error(`${answer.code} ${answer.detail}`);
      return answer.value;
    };
    const browser = await browsers.open(ask);
    await browser.join();
    return { ...browser, participantId };
  }

  async function dial(roomId: string, toneHz: number) {
    const phone = await TonePhone.call(audio, toneHz);
    phones.push(phone);
    const participantId = randomUUID();
    const attached = await sfu.attachPhone(roomId, { participantId, endpointId: phone.endpointId, muted: false });
    if (!attached.ok) throw new Error(`${attached.code} ${attached.detail}`);
    return { phone, participantId, producerId: attached.value.producerId };
  }

  it('lets everyone hear everyone else and nobody itself', async () => {
    const roomId = randomUUID();
    expect(await sfu.openRoom(roomId)).toMatchObject({ ok: true });
    const anna = await enter(roomId);
    const bert = await enter(roomId);
    const annaSpeaks = await anna.speak(440);
    const bertSpeaks = await bert.speak(620);
    expect(sfu.bridgeSize(roomId)).toEqual({ phones: 0, feeds: 0 });

    const carl = await dial(roomId, 900);
    const dora = await dial(roomId, 1300);
    expect(sfu.bridgeSize(roomId)).toEqual({ phones: 2, feeds: 2 });

    for (const producerId of [bertSpeaks, carl.producerId, dora.producerId]) await anna.consume(producerId);
    for (const producerId of [annaSpeaks, carl.producerId, dora.producerId]) await bert.consume(producerId);
    const wait = { timeout: 25_000, interval: 250 };
    await vi.waitFor(async () => void expect(await anna.hear(bertSpeaks)).toSatisfy(near(620)), wait);
    await vi.waitFor(async () => void expect(await anna.hear(carl.producerId)).toSatisfy(near(900)), wait);
    await vi.waitFor(async () => void expect(await anna.hear(dora.producerId)).toSatisfy(near(1300)), wait);
    await vi.waitFor(async () => void expect(await bert.hear(annaSpeaks)).toSatisfy(near(440)), wait);
    await vi.waitFor(async () => void expect(await bert.hear(carl.producerId)).toSatisfy(near(900)), wait);

    await vi.waitFor(() => {
      for (const hz of [440, 620, 1300]) expect(carl.phone.level(hz)).toBeGreaterThan(HEARD);
      for (const hz of [440, 620, 900]) expect(dora.phone.level(hz)).toBeGreaterThan(HEARD);
    }, wait);
    expect(carl.phone.level(900)).toBeLessThan(NOT_HEARD);
    expect(dora.phone.level(1300)).toBeLessThan(NOT_HEARD);

    const speakers = new Set(
      events.flatMap((event) => (event.type === 'speaking' ? event.speakers.map((one) => one.participantId) : [])),
    );
    expect(speakers).toEqual(new Set([anna.participantId, bert.participantId, carl.participantId, dora.participantId]));

    // Muting acts in the media plane, whatever the endpoint.
    await sfu.setMuted(roomId, carl.participantId, true);
    await sfu.setMuted(roomId, anna.participantId, true);
    await vi.waitFor(async () => {
      expect((await bert.hear(carl.producerId)).db).toBeLessThan(-80);
      expect((await bert.hear(annaSpeaks)).db).toBeLessThan(-80);
      expect(dora.phone.level(900)).toBeLessThan(NOT_HEARD);
      expect(dora.phone.level(440)).toBeLessThan(NOT_HEARD);
      expect(dora.phone.level(620)).toBeGreaterThan(HEARD);
    }, wait);

    await sfu.removeParticipant(roomId, dora.participantId);
    await sfu.removeParticipant(roomId, carl.participantId);
    expect(sfu.bridgeSize(roomId)).toEqual({ phones: 0, feeds: 0 });
    expect(audio.health().workers[0]?.mixes).toBe(0);
    await sfu.closeRoom(roomId);
    await anna.page.close();
    await bert.page.close();
  });

  it('forwards simulcast video', async () => {
    const roomId = randomUUID();
    await sfu.openRoom(roomId);
    const anna = await enter(roomId);
    const bert = await enter(roomId);
    const camera = await anna.film();
    const answer = await bert.consume(camera);
    expect(answer).toMatchObject({ kind: 'video', source: 'camera', participantId: anna.participantId });
    await vi.waitFor(async () => expect(await bert.frames(camera)).toBeGreaterThan(5), {
      timeout: 30_000,
      interval: 500,
    });
    await sfu.closeRoom(roomId);
    await anna.page.close();
    await bert.page.close();
  });

  it('tells that a room is lost with its worker, and opens it again on a new one', async () => {
    const roomId = randomUUID();
    await sfu.openRoom(roomId);
    const carl = await dial(roomId, 900);
    process.kill(workerPid, 'SIGKILL');
    await vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining({ type: 'room-lost', roomId })));
    expect(sfu.health().workers[0]).toMatchObject({ alive: false });
    expect(await sfu.openRoom(roomId)).toMatchObject({ ok: true });
    expect(sfu.health().workers[0]).toMatchObject({ alive: true, restarts: 1 });
    const again = await sfu.attachPhone(roomId, {
      participantId: carl.participantId,
      endpointId: carl.phone.endpointId,
      muted: false,
    });
    expect(again).toMatchObject({ ok: true });
    const anna = await enter(roomId);
    const producerId = again.ok ? again.value.producerId : '';
    await anna.consume(producerId);
    await vi.waitFor(async () => void expect(await anna.hear(producerId)).toSatisfy(near(900)), {
      timeout: 25_000,
      interval: 250,
    });
    await anna.page.close();
    await sfu.closeRoom(roomId);
  });

  it('takes out a phone whose endpoint closes', async () => {
    const roomId = randomUUID();
    await sfu.openRoom(roomId);
    const { phone, producerId } = await dial(roomId, 900);
    await audio.closeEndpoint(phone.endpointId, 'test');
    await vi.waitFor(() =>
      expect(events).toContainEqual(expect.objectContaining({ type: 'producer-removed', roomId, producerId })),
    );
    await vi.waitFor(() => expect(sfu.bridgeSize(roomId)).toEqual({ phones: 0, feeds: 0 }));
    await sfu.closeRoom(roomId);
  });

  it.each([true, false])('takes a word about muting that comes while a microphone is made: %s', async (muted) => {
    const roomId = randomUUID();
    const participantId = randomUUID();
    await sfu.openRoom(roomId);
    const send = await sfu.request(roomId, participantId, { type: 'create-transport', direction: 'send' });
    await sfu.setMuted(roomId, participantId, !muted);
    const making = sfu.request(roomId, participantId, {
      type: 'produce',
      transportId: send.ok ? String(send.value['transportId']) : '',
      kind: 'audio',
      source: 'microphone',
      paused: false,
      rtpParameters: {
        mid: '0',
        codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
        encodings: [{ ssrc: 4711 }],
      },
    });
    await sfu.setMuted(roomId, participantId, muted);
    expect(await making).toMatchObject({ ok: true });
    const listed = await sfu.request(roomId, participantId, { type: 'list-producers' });
    expect(listed).toMatchObject({ value: { producers: [{ source: 'microphone', paused: muted }] } });
    await sfu.closeRoom(roomId);
  });

  it('refuses nonsense and lives on', async () => {
    const roomId = randomUUID();
    const participantId = randomUUID();
    await sfu.openRoom(roomId);
    const send = await sfu.request(roomId, participantId, { type: 'create-transport', direction: 'send' });
    const transportId = send.ok ? String(send.value['transportId']) : '';
    const junk: Record<string, unknown>[] = [
      {},
      { codecs: null, encodings: [{ ssrc: -1 }] },
      { codecs: [{ mimeType: 'audio/opus', payloadType: 1e9, clockRate: 'x' }], encodings: [{ ssrc: 2 ** 40 }] },
      { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }], encodings: [] },
      { codecs: [{ mimeType: 'a'.repeat(5000), payloadType: 100, clockRate: 48_000 }], encodings: [{ rid: {} }] },
      { encodings: Array.from({ length: 1000 }, (_, ssrc) => ({ ssrc })) },
      { codecs: [], encodings: [{ ssrc: 5 }], headerExtensions: [{ uri: 7, id: 'x' }], rtcp: 3 },
    ];
    for (const parameters of junk) {
      const asked: SfuRequest[] = [
        { type: 'produce', transportId, kind: 'audio', source: 'microphone', rtpParameters: parameters, paused: false },
        { type: 'connect-transport', transportId, dtlsParameters: parameters },
        { type: 'connect-transport', transportId, dtlsParameters: { fingerprints: [parameters], role: 'neither' } },
        { type: 'consume', transportId, producerId: 'none', rtpCapabilities: parameters },
      ];
      for (const request of asked)
        expect(await sfu.request(roomId, participantId, request)).toMatchObject({ ok: false });
    }
    expect(await sfu.request(roomId, participantId, { type: 'router-capabilities' })).toMatchObject({ ok: true });
    expect(sfu.health().workers[0]).toMatchObject({ alive: true });
    expect(await sfu.request(randomUUID(), participantId, { type: 'list-producers' })).toMatchObject({
      code: 'SFU.ROOM_UNKNOWN',
    });
    await sfu.closeRoom(roomId);
    await sfu.closeRoom(roomId);
  });
});
