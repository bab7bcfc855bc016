import { newId, PlayId, RecordingId } from '@carillon/domain';
import { playWithOwnMusic } from './play-with-own-music.js';
import { answer, done, doneOrRefused, withLeg, type PhoneParts } from './phone-parts.js';

/** Connecting, playing, recording and keys. @returns what stops handling */
export function handleAudio(parts: PhoneParts): (() => void)[] {
  const { bus, engine, legs } = parts;
  const owned = { ownerId: parts.ownerId };
  return [
    bus.handle('media.connect', ({ a, b }) => doneOrRefused(engine.connect(a, b)), owned),
    bus.handle('media.disconnect', async ({ endpointId }) => answer(await engine.disconnect(endpointId), done), owned),
    bus.handle('media.echo', async ({ endpointId }) => answer(await engine.echo(endpointId), done), owned),
    bus.handle(
      'media.dtmf-input',
      async ({ endpointId, digit, durationMs }) => answer(await engine.inputDtmf(endpointId, digit, durationMs), done),
      owned,
    ),
    bus.handle(
      'media.play',
      ({ endpointId, sources, loop, yields, stopOnDtmf }) =>
        withLeg(legs, endpointId, async (leg) => {
          const playId = newId(PlayId);
          const before = leg.playId;
          // Known before it sounds: a short sound may end before the engine's answer is read.
          leg.playId = playId;
          const outcome = await playWithOwnMusic(parts, leg, sources, {
            playbackId: playId,
            target: { kind: 'endpoint', endpointId },
            repeat: loop ? 0 : 1,
            stopOnDtmf,
            blend: yields ? 'yield' : 'replace',
          });
          if (!outcome.ok && leg.playId === playId) leg.playId = before;
          return answer(outcome, () => ({ playId }));
        }),
      owned,
    ),
    bus.handle(
      'media.stop-play',
      ({ endpointId }) =>
        withLeg(legs, endpointId, async (leg) => {
          // What has ended by itself meanwhile is stopped as well.
          if (leg.playId !== null) await engine.stopPlay(leg.playId);
          return { ok: true as const };
        }),
      owned,
    ),
    bus.handle(
      'media.record',
      ({ endpointId, path, maxDurationMs, finishOn, silenceMs }) =>
        withLeg(legs, endpointId, async (leg) => {
          const recordingId = newId(RecordingId);
          if (leg.recordingId !== null) await engine.stopRecord(leg.recordingId);
          leg.recordingId = recordingId;
          leg.recordingPath = path;
          const outcome = await engine.record({
            recordingId,
            target: { kind: 'endpoint', endpointId, side: 'received' },
            path,
            maxDurationMs,
            finishKeys: finishOn.join(''),
            maxSilenceMs: silenceMs,
          });
          if (!outcome.ok && leg.recordingId === recordingId) leg.recordingId = null;
          return answer(outcome, () => ({ recordingId }));
        }),
      owned,
    ),
    bus.handle(
      'media.stop-record',
      ({ endpointId }) =>
        withLeg(legs, endpointId, async (leg) => {
          if (leg.recordingId !== null) await engine.stopRecord(leg.recordingId);
          return { ok: true as const };
        }),
      owned,
    ),
  ];
}
