import { afterEach, describe, expect, it } from 'vitest';
import type { AudioCodecName } from './index.js';
import { amplitudeAt } from './testing/measure-tone.js';
import { useAudioEngine } from './testing/use-audio-engine.js';
import { valueOf } from './testing/value-of.js';
import { until, wait } from './testing/wait.js';

const MIX = 'room';
const audio = useAudioEngine(19_100);

afterEach(async () => {
  await audio.engine.closeMix(MIX);
});

async function join(codec: AudioCodecName, memberId: string, frequencyHz: number) {
  const phone = await audio.phone(codec);
  const endpoint = await audio.endpoint(MIX);
  valueOf(audio.engine.setMedia(endpoint.endpointId, phone.media()));
  valueOf(await audio.engine.addMember(MIX, { kind: 'endpoint', memberId, endpointId: endpoint.endpointId }));
  if (frequencyHz > 0) phone.speak(endpoint.rtpPort, frequencyHz, 5000);
  return { phone, memberId, frequencyHz, ...endpoint };
}

/** Lets what was heard before go, and listens for `ms`. */
async function listen(ms: number): Promise<void> {
  for (const phone of audio.phones) phone.forget();
  await wait(ms);
}

describe('a mix', () => {
  it('lets each hear the others and not itself, whatever the codec', async () => {
    valueOf(await audio.engine.openMix({ mixId: MIX }));
    const members = [await join('PCMU', 'a', 400), await join('PCMA', 'b', 700), await join('opus', 'c', 1100)];
    const listener = await join('opus', 'd', 0);
    const narrowListener = await join('PCMU', 'e', 0);
    for (const hearer of [...members, listener, narrowListener]) {
      const levelOf = (frequencyHz: number) =>
        amplitudeAt(hearer.phone.recent(500), hearer.phone.sampleRate, frequencyHz);
      const others = members.filter((member) => member !== hearer);
      await until(
        () => others.every(({ frequencyHz }) => levelOf(frequencyHz) > 3800 && levelOf(frequencyHz) < 6200),
        15_000,
      );
      if (hearer.frequencyHz > 0) expect(levelOf(hearer.frequencyHz)).toBeLessThan(250);
    }
  });

  it('tells who speaks, and silences who is muted', async () => {
    valueOf(await audio.engine.openMix({ mixId: MIX }));
    await join('PCMU', 'loud', 500);
    const quiet = await join('PCMU', 'quiet', 0);
    quiet.phone.speak(quiet.rtpPort, 0);
    audio.events.length = 0;
    await until(() =>
      audio.events.some((event) => event.type === 'mix-levels' && event.levels.some((level) => level.speaking)),
    );
    const last = audio.events.filter((event) => event.type === 'mix-levels').at(-1);
    expect(last?.levels.map(({ memberId, speaking }) => [memberId, speaking])).toEqual([
      ['loud', true],
      ['quiet', false],
    ]);
    const begunMs = performance.now();
    audio.events.length = 0;
    await wait(1000);
    // Five in a second, however long that has become.
    const most = Math.ceil((performance.now() - begunMs) / 200) + 1;
    expect(audio.events.filter((event) => event.type === 'mix-levels').length).toBeLessThanOrEqual(most);
    await quiet.phone.hears(500);
    valueOf(await audio.engine.setMemberMuted(MIX, 'loud', true));
    await wait(300);
    await listen(400);
    expect(amplitudeAt(quiet.phone.samples, 8000, 500)).toBeLessThan(50);
    valueOf(await audio.engine.setMemberMuted(MIX, 'loud', false));
    await quiet.phone.hears(500, { min: 3800, max: 6200 });
  });

  it('announces to everybody, or to one', async () => {
    valueOf(await audio.engine.openMix({ mixId: MIX }));
    const a = await join('PCMU', 'a', 0);
    const b = await join('opus', 'b', 0);
    const tone = (frequency: number) =>
      [{ kind: 'tone', steps: [{ frequenciesHz: [frequency], durationMs: 3000 }] }] as const;
    valueOf(await audio.engine.play({ target: { kind: 'mix', mixId: MIX }, sources: tone(600) }));
    for (const { phone } of [a, b]) await phone.hears(600);
    await until(() => audio.events.some((event) => event.type === 'play-ended' && event.target.kind === 'mix'));
    const target = { kind: 'endpoint', endpointId: b.endpointId } as const;
    valueOf(await audio.engine.play({ target, sources: tone(900), blend: 'overlay' }));
    await b.phone.hears(900);
    expect(amplitudeAt(a.phone.recent(500), 8000, 900)).toBeLessThan(50);
  });

  it('takes a browser by plain RTP, and gives a phone to browsers as Opus with the given SSRC', async () => {
    valueOf(await audio.engine.openMix({ mixId: MIX }));
    const phone = await join('PCMU', 'phone', 450);
    const sfu = await audio.phone('opus');
    const receiver = valueOf(await audio.engine.openPlainReceiver({ group: MIX, payloadType: 111, ssrc: sfu.ssrc }));
    const member = { kind: 'receiver', memberId: 'browser', receiverId: receiver.receiverId } as const;
    valueOf(await audio.engine.addMember(MIX, member));
    const sender = valueOf(
      await audio.engine.openPlainSender({
        endpointId: phone.endpointId,
        remote: { address: '127.0.0.1', port: sfu.port },
        ssrc: 0x12345678,
        payloadType: 111,
        rtcpMux: true,
      }),
    );
    sfu.speak(receiver.port, 1300, 5000);
    await phone.phone.hears(1300);
    await sfu.hears(450);
    expect(new Set(sfu.received.map((packet) => packet.ssrc))).toEqual(new Set([0x12345678]));
    expect(sfu.received.every((packet) => packet.payloadType === 111)).toBe(true);
    const before = audio.engine.health().portsInUse;
    valueOf(await audio.engine.closePlainSender(sender.senderId));
    valueOf(await audio.engine.closePlainReceiver(receiver.receiverId));
    expect(audio.engine.health().portsInUse).toBe(before - 2);
    await wait(300);
    await listen(300);
    expect(amplitudeAt(phone.phone.samples, 8000, 1300)).toBeLessThan(50);
  });

  it('refuses what is full or unknown', async () => {
    valueOf(await audio.engine.openMix({ mixId: MIX, maxMembers: 1 }));
    const a = await join('PCMU', 'a', 0);
    const again = { kind: 'endpoint', memberId: 'b', endpointId: a.endpointId } as const;
    expect(await audio.engine.addMember(MIX, again)).toMatchObject({ ok: false, code: 'MEDIA.MIX_FULL' });
    expect(await audio.engine.addMember('none', again)).toMatchObject({ ok: false, code: 'MEDIA.MIX_UNKNOWN' });
    expect(await audio.engine.removeMember(MIX, 'none')).toMatchObject({ ok: false, code: 'MEDIA.MEMBER_UNKNOWN' });
    expect(await audio.engine.openMix({ mixId: MIX })).toMatchObject({ ok: false, code: 'MEDIA.MIX_EXISTS' });
  });
});
