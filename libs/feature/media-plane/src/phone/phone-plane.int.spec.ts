import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandInput, CommandOutput, EventName, EventPayload } from '@carillon/contracts';
import { CallId, EndpointId, holdMusicFile, LegId, newId, OrganisationId, OwnerId } from '@carillon/domain';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { createAudioEngine } from '@carillon/media-engine';
import { amplitudeAt, RtpPhone, strongestFrequency, until, wait } from '@carillon/media-engine/testing';
import { Health, Metrics, silentLogger } from '@carillon/service-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PhonePlane } from './phone-plane.js';

const ownerId = OwnerId.parse('media-under-test');
let bus: Bus;
let plane: PhonePlane;
let folder: string;
const health = new Health(silentLogger());
const phones: RtpPhone[] = [];
const open = new Set<EndpointId>();
const told: { name: EventName; payload: object }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-media-plane-'));
  bus = createMemoryBus();
  const engine = await createAudioEngine({ portRange: { min: 16400, max: 16405 }, rtpSilenceTimeoutMs: 3000 });
  plane = new PhonePlane({
    bus,
    engine,
    ownerId,
    advertisedAddress: '127.0.0.1',
    dataDir: folder,
    logger: silentLogger(),
    health,
    metrics: new Metrics(),
  });
  plane.open();
  bus.subscribe(
    ['media.dtmf-received', 'media.play-ended', 'media.record-ended', 'media.endpoint-lost'],
    (payload, name) => void told.push({ name, payload }),
  );
});
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close()));
  for (const endpointId of open) await bus.call('media.close', { endpointId }, { ownerId });
  open.clear();
  told.length = 0;
});
afterAll(async () => {
  await plane.close();
  await bus.close();
  await rm(folder, { recursive: true });
});

function toldOf<Name extends EventName>(name: Name): EventPayload<Name>[] {
  return told.filter((event) => event.name === name).map((event) => event.payload as EventPayload<Name>);
}

function sdpOf(phone: RtpPhone, formats: string, lines: readonly string[] = []): string {
  const head = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return [...head, `m=audio ${phone.port} RTP/AVP ${formats}`, ...lines, ''].join('\r\n');
}

function opening(more: Partial<CommandInput<'media.open'>> = {}): CommandInput<'media.open'> {
  return { organisationId: newId(OrganisationId), callId: newId(CallId), legId: newId(LegId), ...more };
}

async function openWith(more: Partial<CommandInput<'media.open'>>) {
  const opened = await bus.call('media.open', opening(more));
  if (!opened.ok) throw new Error(`${opened.code}: ${opened.detail ?? ''}`);
  open.add(opened.endpointId);
  return opened;
}

async function phoneOf(codec: 'PCMU' | 'PCMA' | 'opus'): Promise<RtpPhone> {
  const phone = await RtpPhone.open(codec);
  phones.push(phone);
  return phone;
}

function portIn(sdp: string): number {
  return Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);
}

/** One second of a tone, as a WAV file. */
function toneWav(frequencyHz: number, sampleRate = 16_000): Buffer {
  const wav = Buffer.alloc(44 + sampleRate * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  const format = [16, 0x0001_0001, sampleRate, sampleRate * 2, 0x0010_0002];
  for (const [at, value] of format.entries()) wav.writeUInt32LE(value, 16 + at * 4);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(wav.length - 44, 40);
  for (let at = 0; at < sampleRate; at += 1)
    wav.writeInt16LE(Math.round(10_000 * Math.sin((2 * Math.PI * frequencyHz * at) / sampleRate)), 44 + at * 2);
  return wav;
}

/** Root mean square. */
function levelOf(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

const PCMU_LINES = ['a=rtpmap:101 telephone-event/8000', 'a=sendrecv'];
const OPUS_LINES = ['a=rtpmap:111 opus/48000/2', 'a=rtpmap:101 telephone-event/48000'];

describe('a call through the media plane', () => {
  it('bridges a caller with PCMU to a callee with Opus, both hearing the other', async () => {
    const caller = await phoneOf('PCMU');
    const callee = await phoneOf('opus');
    const a = await openWith({ offer: sdpOf(caller, '0 101', PCMU_LINES), answer: 'later' });
    expect(a.sdp).toBe('');
    const b = await openWith({ preferCodecsOf: a.endpointId });
    // What the caller can do is offered first.
    expect(b.sdp).toMatch(/^m=audio \d+ RTP\/AVP 0 /m);
    const answer = sdpOf(callee, '111 101', OPUS_LINES);
    expect(await bus.call('media.accept-answer', { endpointId: b.endpointId, sdp: answer }, { ownerId })).toEqual({
      ok: true,
    });
    const answered = await bus.call(
      'media.answer',
      { endpointId: a.endpointId, preferCodecsOf: b.endpointId },
      { ownerId },
    );
    if (!answered.ok) throw new Error(answered.code);
    expect(answered.sdp).toContain('telephone-event/8000');
    expect(await bus.call('media.answer', { endpointId: a.endpointId }, { ownerId })).toEqual(answered);
    expect(await bus.call('media.connect', { a: a.endpointId, b: b.endpointId }, { ownerId })).toEqual({ ok: true });
    caller.speak(portIn(answered.sdp), 440);
    // Our offer numbered Opus 107, theirs 111: each side sends with the other's.
    callee.payloadType = 107;
    callee.speak(portIn(b.sdp), 1000);
    await caller.hears(1000);
    await callee.hears(440);
    const closed = await bus.call('media.close', { endpointId: a.endpointId }, { ownerId });
    expect(closed).toMatchObject({ ok: true, stats: { codec: 'PCMU', remoteAddress: `127.0.0.1:${caller.port}` } });
  });

  it('hears a callee in every codec that its answer lists, and sends it the first', async () => {
    const [caller, callee] = [await phoneOf('PCMU'), await phoneOf('PCMA')];
    const a = await openWith({ offer: sdpOf(caller, '0 101', PCMU_LINES) });
    const b = await openWith({ preferCodecsOf: a.endpointId });
    const answer = { endpointId: b.endpointId, sdp: sdpOf(callee, '8 0 111 101', OPUS_LINES) };
    expect(await bus.call('media.accept-answer', answer, { ownerId })).toEqual({ ok: true });
    await bus.call('media.connect', { a: a.endpointId, b: b.endpointId }, { ownerId });
    caller.speak(portIn(a.sdp), 440);
    for (const [codec, hertz, number] of [['PCMU', 1000, 0] as const, ['opus', 700, 107] as const]) {
      callee.sayIn(codec, number);
      callee.speak(portIn(b.sdp), hertz);
      await caller.hears(hertz, { min: 6500, max: 9500 });
    }
    await callee.hears(440, { min: 6500, max: 9500 });
  });

  it('closes what nobody waits for any more, opened or still to be opened', async () => {
    const ids = () => ({ organisationId: newId(OrganisationId), callId: newId(CallId), legId: newId(LegId) });
    const isOpen = async (answer: CommandOutput<'media.open'>) => {
      if (!answer.ok) throw new Error(answer.code);
      return (await bus.call('media.disconnect', { endpointId: answer.endpointId }, { ownerId })).ok;
    };
    const opened = ids();
    const answer = await bus.call('media.open', opened);
    bus.publish('media.open-abandoned', opened);
    await bus.settled();
    expect(await isOpen(answer)).toBe(false);
    const opening = ids();
    const late = bus.call('media.open', opening);
    bus.publish('media.open-abandoned', opening);
    expect(await isOpen(await late)).toBe(false);
    const wanted = await bus.call('media.open', ids());
    expect(await isOpen(wanted)).toBe(true);
    if (wanted.ok) open.add(wanted.endpointId);
  });

  it('avoids transcoding when the answer may choose', async () => {
    const caller = await phoneOf('opus');
    const callee = await phoneOf('PCMA');
    const offer = sdpOf(caller, '111 8 101', [...OPUS_LINES, 'a=rtpmap:8 PCMA/8000']);
    const a = await openWith({ offer, answer: 'later' });
    const b = await openWith({ preferCodecsOf: a.endpointId });
    await bus.call('media.accept-answer', { endpointId: b.endpointId, sdp: sdpOf(callee, '8') }, { ownerId });
    const answered = await bus.call(
      'media.answer',
      { endpointId: a.endpointId, preferCodecsOf: b.endpointId },
      { ownerId },
    );
    expect(answered.ok && answered.sdp).toMatch(/^m=audio \d+ RTP\/AVP 8/m);
  });

  it('holds and resumes by a later offer, counting the version up', async () => {
    const phone = await phoneOf('PCMU');
    const a = await openWith({ offer: sdpOf(phone, '0 101', PCMU_LINES) });
    await bus.call('media.echo', { endpointId: a.endpointId }, { ownerId });
    phone.speak(portIn(a.sdp), 600);
    await wait(400);
    const hold = sdpOf(phone, '0 101', ['a=sendonly']);
    const held = await bus.call('media.accept-offer', { endpointId: a.endpointId, sdp: hold }, { ownerId });
    expect(held.ok && held.sdp).toContain('a=recvonly');
    const version = (sdp: string) => /^o=- \d+ (\d+)/m.exec(sdp)?.[1];
    expect(held.ok && version(held.sdp)).toBe('2');
    await wait(100);
    phone.forget();
    await wait(200);
    expect(phone.received).toHaveLength(0);
    const resumed = await bus.call(
      'media.accept-offer',
      { endpointId: a.endpointId, sdp: sdpOf(phone, '0 101', PCMU_LINES) },
      { ownerId },
    );
    expect(resumed.ok && version(resumed.sdp)).toBe('3');
    await phone.hears(600);
  });

  it.each(['PCMU', 'opus'] as const)(
    'plays music to who is held (%s), until the holder plays itself or comes back',
    async (codec) => {
      const holder = await phoneOf('PCMU');
      const held = await phoneOf(codec);
      const callId = newId(CallId);
      const a = await openWith({ callId, offer: sdpOf(holder, '0 101', PCMU_LINES) });
      const lines = codec === 'opus' ? '111' : '0';
      const b = await openWith({ callId, offer: sdpOf(held, lines, codec === 'opus' ? OPUS_LINES : []) });
      await bus.call('media.connect', { a: a.endpointId, b: b.endpointId }, { ownerId });
      const on = { endpointId: b.endpointId };
      const offerOf = (direction: string) => sdpOf(holder, '0', [`a=${direction}`]);
      const accept = (sdp: string) => bus.call('media.accept-offer', { endpointId: a.endpointId, sdp }, { ownerId });
      held.speak(portIn(b.sdp), 900);
      holder.speak(portIn(a.sdp), 600);
      await held.hears(600);
      const sources = [{ kind: 'hold-music' as const }];
      await accept(offerOf('sendonly'));
      holder.stopSpeaking();
      await bus.call('media.play', { ...on, sources, loop: true, yields: true }, { ownerId });
      // Music: loud, and not what the holder said.
      const hearsMusic = () =>
        levelOf(held.recent(500)) > 300 && amplitudeAt(held.recent(500), held.sampleRate, 600) < 300;
      await wait(300);
      held.forget();
      holder.forget();
      await wait(700);
      await until(hearsMusic);
      expect(holder.received).toHaveLength(0);
      holder.speak(portIn(a.sdp), 600);
      await held.hears(600);
      holder.stopSpeaking();
      // The holder's own music may pause: ours does not break in at once.
      await wait(400);
      held.forget();
      await wait(1000);
      expect(levelOf(held.samples)).toBeLessThan(50);
      await until(hearsMusic);
      await accept(offerOf('sendrecv'));
      await bus.call('media.stop-play', on, { ownerId });
      holder.speak(portIn(a.sdp), 700);
      await held.hears(700);
      await holder.hears(900);
      // Nothing of the music is left beneath the voice, once its end has been heard.
      await until(() => {
        const rest = held.recent(500);
        return levelOf(rest) < amplitudeAt(rest, held.sampleRate, 700) * 0.75;
      });
    },
  );

  it('plays the music of an organisation to its own, and ours where that cannot be read', async () => {
    const [organisationId, otherId] = [newId(OrganisationId), newId(OrganisationId)];
    await mkdir(join(folder, 'hold-music'), { recursive: true });
    const path = join(folder, holdMusicFile(organisationId));
    await writeFile(path, toneWav(1250));
    const sources = [{ kind: 'hold-music' as const }];
    const hold = async (of: OrganisationId, codec: 'PCMU' | 'opus') => {
      const held = await phoneOf(codec);
      const [formats, lines] = codec === 'opus' ? ['111', OPUS_LINES] : ['0', []];
      const { endpointId } = await openWith({ organisationId: of, offer: sdpOf(held, formats, lines) });
      const played = await bus.call('media.play', { endpointId, sources, loop: true, yields: true }, { ownerId });
      expect(played.ok).toBe(true);
      return Object.assign(held, { hangUp: () => bus.call('media.close', { endpointId }, { ownerId }) });
    };
    const [phone, softphone] = [await hold(organisationId, 'PCMU'), await hold(organisationId, 'opus')];
    const neighbour = await hold(otherId, 'PCMU');
    // The tone lasts for one second: what is heard after two has begun anew.
    await wait(2500);
    for (const held of [phone, softphone]) {
      expect(strongestFrequency(held.recent(500), held.sampleRate)).toBe(1250);
      expect(amplitudeAt(held.recent(500), held.sampleRate, 1250)).toBeGreaterThan(5000);
    }
    expect(levelOf(neighbour.recent(500))).toBeGreaterThan(300);
    expect(amplitudeAt(neighbour.recent(500), neighbour.sampleRate, 1250)).toBeLessThan(300);
    // There are three places.
    await neighbour.hangUp();
    await writeFile(`${path}.new`, 'no sound at all');
    await rename(`${path}.new`, path);
    const late = await hold(organisationId, 'PCMU');
    await wait(1000);
    expect(levelOf(late.recent(500))).toBeGreaterThan(300);
    expect(amplitudeAt(late.recent(500), late.sampleRate, 1250)).toBeLessThan(300);
    // Who heard the own music before goes on with it.
    expect(amplitudeAt(phone.recent(500), phone.sampleRate, 1250)).toBeGreaterThan(5000);
  });

  it('plays with barge-in, records until a key, and tells of both', async () => {
    const phone = await phoneOf('PCMU');
    const a = await openWith({ offer: sdpOf(phone, '0 101', PCMU_LINES) });
    const { endpointId } = a;
    phone.speak(portIn(a.sdp), 700);
    const played = await bus.call(
      'media.play',
      {
        endpointId,
        sources: [{ kind: 'tone', frequencies: [440], durationMs: 400 }],
        loop: true,
        stopOnDtmf: true,
      },
      { ownerId },
    );
    expect(played.ok).toBe(true);
    await phone.hears(440);
    phone.pressKey('1', portIn(a.sdp));
    await until(() => toldOf('media.dtmf-received').length === 1);
    expect(toldOf('media.play-ended')).toMatchObject([{ endpointId, reason: 'dtmf' }]);
    expect(toldOf('media.dtmf-received')).toMatchObject([{ endpointId, digit: '1', durationMs: 100 }]);
    const path = join(folder, 'message.wav');
    await bus.call('media.record', { endpointId, path, maxDurationMs: 10_000, finishOn: ['#'] }, { ownerId });
    await wait(1000);
    await bus.call('media.dtmf-input', { endpointId, digit: '#' }, { ownerId });
    await until(() => toldOf('media.record-ended').length === 1);
    expect(toldOf('media.record-ended')).toMatchObject([{ endpointId, path, reason: 'dtmf' }]);
    const wav = await readFile(path);
    const samples = new Int16Array(wav.buffer, wav.byteOffset + 44, (wav.length - 44) / 2);
    expect(samples.length).toBeGreaterThan(6000);
    expect(strongestFrequency(samples, 8000)).toBe(700);
    expect(amplitudeAt(samples, 8000, 700)).toBeGreaterThan(6500);
  });

  it('tells when nothing is heard any more, and closes the endpoint', async () => {
    const phone = await phoneOf('PCMU');
    const a = await openWith({ offer: sdpOf(phone, '0') });
    phone.speak(portIn(a.sdp), 700);
    await wait(200);
    phone.stopSpeaking();
    await until(() => toldOf('media.endpoint-lost').length === 1, 15_000);
    expect(toldOf('media.endpoint-lost')).toMatchObject([{ endpointId: a.endpointId, reason: 'rtp-timeout' }]);
    expect(await bus.call('media.echo', { endpointId: a.endpointId }, { ownerId })).toMatchObject({ ok: false });
  });
});

describe('refusals', () => {
  it.each([
    ['nonsense', 'not SDP at all', 'MEDIA.BAD_SDP'],
    ['an unknown codec', 'm=audio 4000 RTP/AVP 18', 'MEDIA.NOT_ACCEPTABLE'],
    ['encrypted audio without keys', 'm=audio 4000 RTP/SAVP 0', 'MEDIA.TRANSPORT_NOT_ACCEPTABLE'],
    ['video alone', 'm=video 4000 RTP/AVP 96', 'MEDIA.NOT_ACCEPTABLE'],
  ])('refuses %s', async (_name, section, code) => {
    const offer = section.startsWith('m=')
      ? ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', section, ''].join('\r\n')
      : section;
    expect(await bus.call('media.open', opening({ offer }))).toMatchObject({ ok: false, code });
  });

  it('takes audio, of either profile, and refuses video beside it with port 0', async () => {
    const phone = await phoneOf('PCMU');
    const offer = `${sdpOf(phone, '0').replace('RTP/AVP', 'RTP/AVPF')}m=video 5000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n`;
    const opened = await openWith({ offer });
    expect(opened.sdp).toMatch(/^m=audio 16\d+ RTP\/AVPF 0/m);
    expect(opened.sdp).toMatch(/^m=video 0 RTP\/AVP 96/m);
  });

  it('runs out of ports with a code of its own, goes red, and recovers', async () => {
    for (let count = 0; count < 3; count += 1) await openWith({});
    expect(await bus.call('media.open', opening())).toMatchObject({ ok: false, code: 'MEDIA.NO_PORTS' });
    expect((await health.report()).parts['phone media']?.ok).toBe(false);
    const [first] = open;
    const closed = await bus.call('media.close', { endpointId: first! }, { ownerId });
    expect(closed).toMatchObject({ ok: true, stats: { packetsReceived: 0 } });
    expect(await bus.call('media.close', { endpointId: first! }, { ownerId })).toEqual({ ok: true, stats: null });
    expect((await health.report()).parts['phone media']?.ok).toBe(true);
    expect((await openWith({})).ok).toBe(true);
  });

  it('refuses what is unknown', async () => {
    const endpointId = newId(EndpointId);
    for (const name of ['media.echo', 'media.disconnect', 'media.stop-play', 'media.answer'] as const) {
      expect(await bus.call(name, { endpointId }, { ownerId })).toMatchObject({
        ok: false,
        code: 'MEDIA.ENDPOINT_UNKNOWN',
      });
    }
    const opened = await openWith({});
    const play = {
      endpointId: opened.endpointId,
      sources: [{ kind: 'file' as const, path: join(folder, 'none.wav') }],
    };
    expect(await bus.call('media.play', play, { ownerId })).toMatchObject({ ok: false, code: 'MEDIA.FILE_UNREADABLE' });
  });
});
