import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudioEngine } from '../api/audio-engine.js';
import { createAudioEngine } from '../engine/create-audio-engine.js';
import { SfuEngine } from '../sfu/sfu-engine.js';

const LOOPBACK = '127.0.0.1';
const PCMU = { name: 'PCMU', clockRate: 8000, channels: 1, payloadType: 0 } as const;

describe('a WebRTC side', () => {
  let audio: AudioEngine;
  let sfu: SfuEngine;

  beforeAll(async () => {
    audio = await createAudioEngine({ portRange: { min: 19_890, max: 19_893 } });
    sfu = new SfuEngine({
      audio,
      listenAddress: LOOPBACK,
      webRtcPorts: [19_910],
      bridgePorts: { min: 19_894, max: 19_909 },
    });
    await sfu.start();
  });
  afterAll(async () => {
    await sfu.close();
    await audio.close();
  });

  const open = (endpointId: string) =>
    sfu.webRtc.open({ endpointId, rtpPort: 19_890, ssrc: 1, cname: 'x', formats: [PCMU], withoutIce: true });

  it('that is closed while another one is opened in its place leaves neither behind', async () => {
    expect(await open('phone')).toMatchObject({ ok: true });
    const renewal = open('phone');
    sfu.webRtc.close('phone');
    expect(await renewal).toMatchObject({ ok: false, code: 'SFU.ENDPOINT_UNAVAILABLE' });
    expect(sfu.webRtc.count).toBe(0);
  });

  it('gives its ports back where nobody waits for it any more, and may be opened again', async () => {
    for (let at = 0; at < 20; at += 1) {
      const opening = open('browser');
      sfu.webRtc.close('browser');
      expect(await opening).toMatchObject({ ok: false, code: 'SFU.ENDPOINT_UNAVAILABLE' });
    }
    expect(await open('browser')).toMatchObject({ ok: true });
    expect(sfu.webRtc.count).toBe(1);
    sfu.webRtc.close('browser');
  });

  it('is the later one of two that are opened at once', async () => {
    const [earlier, later] = await Promise.all([open('twice'), open('twice')]);
    expect([earlier.ok, later.ok]).toEqual([false, true]);
    expect(sfu.webRtc.count).toBe(1);
    sfu.webRtc.close('twice');
  });
});
