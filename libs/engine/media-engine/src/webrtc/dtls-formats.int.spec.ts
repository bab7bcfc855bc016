import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AudioCodecName } from '../api/endpoint.js';
import type { AudioEngine } from '../api/audio-engine.js';
import { createAudioEngine } from '../engine/create-audio-engine.js';
import { SfuEngine } from '../sfu/sfu-engine.js';
import { RtpPhone, until } from '../testing/index.js';
import { valueOf } from '../testing/value-of.js';
import type { OpenedWebRtc, WebRtcFormat } from './webrtc-api.js';

const LOOPBACK = '127.0.0.1';
const OPUS = { name: 'opus', clockRate: 48_000, channels: 2, payloadType: 111 } as const;
const PCMU = { name: 'PCMU', clockRate: 8000, channels: 1, payloadType: 0 } as const;
const G722 = { name: 'G722', clockRate: 8000, channels: 1, payloadType: 9 } as const;
const EVENT = { name: 'telephone-event', clockRate: 8000, channels: 1, payloadType: 101 } as const;
const FORMATS = [OPUS, PCMU, G722, EVENT];
const SECOND_EVENT = { name: 'telephone-event', clockRate: 16_000, channels: 1, payloadType: 102 } as const;

/**
 * A phone with DTLS-SRTP whose every packet is ours to choose: RTP to a second WebRTC side, which does the handshake and
 * the encryption in its place.
 *
 * ```text
 * phone ─RTP→ its side ─DTLS-SRTP→ ours ─RTP→ endpoint ─RTP→ listener
 * ```
 */
describe('what was agreed with DTLS-SRTP', () => {
  let audio: AudioEngine;
  let sfu: SfuEngine;
  const phones: RtpPhone[] = [];
  const sides: string[] = [];

  beforeAll(async () => {
    audio = await createAudioEngine({ portRange: { min: 19_800, max: 19_819 } });
    sfu = new SfuEngine({
      audio,
      listenAddress: LOOPBACK,
      webRtcPorts: [19_880],
      bridgePorts: { min: 19_820, max: 19_879 },
    });
    await sfu.start();
  });
  afterEach(async () => {
    for (const endpointId of sides.splice(0)) {
      sfu.webRtc.close(endpointId);
      await audio.closeEndpoint(endpointId, 'test over');
    }
    await Promise.all(phones.splice(0).map((phone) => phone.close()));
  });
  afterAll(async () => {
    await sfu.close();
    await audio.close();
  });

  async function phone(codec: AudioCodecName): Promise<RtpPhone> {
    const opened = await RtpPhone.open(codec);
    phones.push(opened);
    return opened;
  }

  async function side(at: { endpointId: string; rtpPort: number; ssrc: number }): Promise<OpenedWebRtc> {
    const formats = [...FORMATS, SECOND_EVENT];
    const opened = await sfu.webRtc.open({ ...at, cname: 'x', formats, withoutIce: true });
    if (!opened.ok) throw new Error(opened.detail);
    sides.push(at.endpointId);
    return opened.value;
  }

  function letIn(endpointId: string, other: OpenedWebRtc, dtlsRole: 'client' | 'server') {
    const remote = { address: LOOPBACK, port: other.port ?? 0 };
    const address = { ...remote, rtcpMux: true, rtcp: remote };
    return sfu.webRtc.connect(endpointId, { dtlsRole, fingerprints: other.fingerprints, address });
  }

  /**
   * @param said the codecs that the phone says something in, its first one first
   * @returns it, where it speaks to, and who hears it by plain RTP
   */
  async function twoLegs(codec: WebRtcFormat & { name: AudioCodecName }, said: readonly WebRtcFormat[]) {
    const [speaker, listener] = [await phone('PCMU'), await phone('PCMA')];
    const endpoint = valueOf(await audio.openEndpoint({ group: 'call', loopback: true }));
    const theirs = await side({ endpointId: 'phone', rtpPort: speaker.port, ssrc: speaker.ssrc });
    const ours = await side(endpoint);
    for (const [id, other, role] of [
      [endpoint.endpointId, theirs, 'client'],
      ['phone', ours, 'server'],
    ] as const)
      expect(await letIn(id, other, role)).toMatchObject({ ok: true });
    const [first = PCMU, second] = said;
    // To its side the second codec of what it says is one more format.
    const both = second === undefined ? {} : { telephoneEvent: second };
    const sent = await sfu.webRtc.setMedia('phone', { codec: first, ...both });
    if (!sent.ok) throw new Error(sent.detail);
    const others = FORMATS.filter((format) => format !== codec && format !== EVENT);
    const agreed = await sfu.webRtc.setMedia(endpoint.endpointId, {
      codec,
      ...{ telephoneEvent: EVENT, others: [...others, SECOND_EVENT], source: { ssrc: sent.value.ssrc } },
    });
    expect(agreed).toMatchObject({ ok: true });
    audio.setMedia(endpoint.endpointId, {
      ...{ codec: codec.name, payloadType: codec.payloadType, telephoneEvent: EVENT, rtcpMux: true },
      remote: ours.loopback,
      others: [
        ...others.map(({ name, payloadType }) => ({ format: name as AudioCodecName, payloadType })),
        { format: 'telephone-event', payloadType: SECOND_EVENT.payloadType, clockRate: SECOND_EVENT.clockRate },
      ],
      direction: 'sendrecv',
    });
    const plain = valueOf(await audio.openEndpoint({ group: 'call' }));
    sides.push(plain.endpointId);
    audio.setMedia(plain.endpointId, listener.media());
    valueOf(audio.connect(endpoint.endpointId, plain.endpointId));
    return { speaker, listener, to: theirs.loopback.port, endpointId: endpoint.endpointId };
  }

  it.each([
    [OPUS, PCMU],
    [PCMU, OPUS],
    [G722, PCMU],
  ] as const)('beside the first is heard in the midst of a call: %o, then %o', async (codec, other) => {
    const { speaker, listener, to } = await twoLegs(codec, [codec, other]);
    speaker.sayIn(codec.name);
    speaker.speak(to, 440);
    await listener.hears(440, { min: 6500, max: 9500 });
    for (const next of [other, codec, other]) {
      speaker.sayIn(next.name);
      listener.forget();
      await listener.hears(440, { min: 6500, max: 9500 });
    }
  });

  it.each([
    [OPUS, PCMU],
    [PCMU, G722],
    [G722, OPUS],
  ] as const)('is heard where the phone begins in another than the first: %o, but %o', async (codec, other) => {
    const { speaker, listener, to } = await twoLegs(codec, [other, codec]);
    speaker.sayIn(other.name);
    speaker.speak(to, 440);
    await listener.hears(440, { min: 6500, max: 9500 });
    speaker.sayIn(codec.name);
    listener.forget();
    await listener.hears(440, { min: 6500, max: 9500 });
  });

  it('counts keys in the clock of either format', async () => {
    const keys: string[] = [];
    const stop = audio.on((event) => {
      if (event.type === 'dtmf-received') keys.push(`${event.digit} ${event.durationMs}`);
    });
    for (const event of [EVENT, SECOND_EVENT]) {
      const { speaker, listener, to } = await twoLegs(PCMU, [PCMU, event]);
      speaker.speak(to, 440);
      await listener.hears(440);
      speaker.pressKey('5', to, event.payloadType, event.clockRate);
      await until(() => keys.length > 0);
      expect(keys.splice(0)).toEqual(['5 100']);
      for (const endpointId of sides.splice(0)) {
        sfu.webRtc.close(endpointId);
        await audio.closeEndpoint(endpointId, 'next');
      }
    }
    stop();
  });
});
