import type { EventName } from '@carillon/contracts';
import { newId, OrganisationId, OwnerId, ParticipantId, RoomId } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { type AudioEngine, createAudioEngine, SfuEngine } from '@carillon/media-engine';
import { Health, Metrics, silentLogger } from '@carillon/service-runtime';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SfuPlane } from './sfu-plane.js';

const EVENTS = ['sfu.producer-added', 'sfu.producer-updated', 'sfu.producer-removed', 'sfu.room-lost'] as const;

describe('meetings’ media on the bus', () => {
  const bus = createMemoryBus();
  const health = new Health(silentLogger());
  const metrics = new Metrics();
  const ownerId = OwnerId.parse('media-1');
  const organisationId = newId(OrganisationId);
  const roomId = newId(RoomId);
  const participantId = newId(ParticipantId);
  const heard: { name: EventName; payload: object }[] = [];
  const pids: number[] = [];
  let audio: AudioEngine;
  let plane: SfuPlane;

  beforeAll(async () => {
    audio = await createAudioEngine({ portRange: { min: 18_700, max: 18_739 } });
    const engine = new SfuEngine({
      ...{ audio, listenAddress: 'localhost', webRtcPorts: [18_760], bridgePorts: { min: 18_740, max: 18_759 } },
    });
    engine.on((event) => void (event.type === 'worker-ready' && pids.push(event.pid)));
    bus.subscribe(EVENTS, (payload, name) => void heard.push({ name, payload }));
    plane = new SfuPlane({ bus, engine, ownerId, logger: silentLogger(), health, metrics });
    await plane.open();
  });
  afterAll(async () => {
    await plane?.close();
    await audio?.close();
    await bus.close();
  });

  const openRoom = () => bus.call('sfu.open-room', { roomId, organisationId });
  async function attach() {
    const opened = await audio.openEndpoint({});
    if (!opened.ok) throw new Error(opened.detail);
    const { endpointId } = opened.value;
    return bus.call('sfu.attach-phone', { roomId, participantId, endpointId, muted: false }, { ownerId });
  }

  it('opens a room for its owner, and answers browsers there', async () => {
    expect(await openRoom()).toEqual({ ok: true, ownerId });
    expect(await openRoom()).toEqual({ ok: true, ownerId });
    const ask = { roomId, participantId: newId(ParticipantId), request: { type: 'router-capabilities' } } as const;
    const answer = await bus.call('sfu.request', ask, { ownerId });
    expect(JSON.stringify(answer)).toContain('video/VP8');
    await expect(bus.call('sfu.request', ask)).rejects.toThrow('Nobody handles');
    const elsewhere = { ...ask, roomId: newId(RoomId) };
    expect(await bus.call('sfu.request', elsewhere, { ownerId })).toMatchObject({ code: 'SFU.ROOM_UNKNOWN' });
    expect(await metrics.text()).toContain('carillon_meeting_rooms 1');
  });

  it('shows a phone as a participant’s microphone, muted or not', async () => {
    const attached = await attach();
    expect(attached).toMatchObject({ ok: true });
    await bus.call('sfu.mute', { roomId, participantId, muted: true }, { ownerId });
    await bus.call('sfu.remove', { roomId, participantId }, { ownerId });
    await bus.settled();
    const producer = { participantId, kind: 'audio', source: 'microphone' };
    expect(heard).toMatchObject([
      { name: 'sfu.producer-added', payload: { roomId, organisationId, producer: { ...producer, paused: false } } },
      { name: 'sfu.producer-updated', payload: { producer: { ...producer, paused: true } } },
      { name: 'sfu.producer-removed', payload: { roomId, participantId } },
    ]);
  });

  it('refuses a phone that is not there', async () => {
    const ghost = { roomId, participantId, endpointId: crypto.randomUUID(), muted: false };
    expect(await bus.call('sfu.attach-phone', ghost, { ownerId })).toMatchObject({ code: 'SFU.ENDPOINT_UNAVAILABLE' });
  });

  it('is red while its worker is dead, tells of lost rooms, and recovers', async () => {
    heard.length = 0;
    expect(await health.report()).toMatchObject({ ok: true });
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(heard.map(({ name }) => name)).toContain('sfu.room-lost'));
    expect(await health.report()).toMatchObject({ ok: false, parts: { meetings: { ok: false } } });
    expect(await openRoom()).toEqual({ ok: true, ownerId });
    expect(await health.report()).toMatchObject({ ok: true });
    expect(await attach()).toMatchObject({ ok: true });
    expect(await bus.call('sfu.close-room', { roomId }, { ownerId })).toEqual({ ok: true });
    expect(await bus.call('sfu.close-room', { roomId }, { ownerId })).toEqual({ ok: true });
  });
});
