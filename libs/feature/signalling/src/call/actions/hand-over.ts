import type { VoiceApp } from '@carillon/contracts';
import type { RoomId } from '@carillon/domain';
import { isCodedError } from '@carillon/service-runtime';
import { statusOfCode, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { noteHandOver, noteNotTaken } from '../../ladder/note-hand-over.js';
import { takeBack } from './take-back.js';

export type HandOverTarget =
  { readonly kind: 'voice-app'; readonly app: VoiceApp } | { readonly kind: 'room'; readonly roomId: RoomId };

/** Gives the led leg to an application: it answers, speaks and hangs up by commands. @returns why it was not taken */
export async function handOver(parts: CallParts, call: Call, target: HandOverTarget): Promise<CallFailure | undefined> {
  const { led } = call;
  if (led?.endpoint === undefined) return failure('MEDIA.GONE');
  await takeBack(parts, call);
  if (led.state === 'answered') await parts.media.stopPlaying(led);
  // Hung up meanwhile.
  if (!led.live) return failure('CALL.GONE');
  const { organisationId, callId } = call;
  const { endpointId, ownerId } = led.endpoint;
  const handed = { organisationId, callId, legId: led.legId, endpointId, mediaOwnerId: ownerId, caller: led.party };
  noteHandOver(parts.ladders, call, target);
  call.control = target.kind;
  const takesMessage = target.kind === 'voice-app' && target.app.kind === 'leave-voicemail';
  call.outcomeIfAnswered = takesMessage ? 'voicemail' : 'answered';
  const answer = await ask(parts, () =>
    target.kind === 'room'
      ? parts.bus.call('room.join-by-phone', { ...handed, roomId: target.roomId })
      : parts.bus.call('voice-app.start', { ...handed, app: target.app }),
  );
  if (answer.ok) return undefined;
  call.control = 'signalling';
  call.outcomeIfAnswered = 'answered';
  noteNotTaken(parts.ladders, call, { target, code: answer.code });
  return failure(answer.code);
}

async function ask<Answer extends { ok: boolean }>(
  { logger }: CallParts,
  command: () => Promise<Answer>,
): Promise<Answer | { ok: false; code: string }> {
  try {
    return await command();
  } catch (error) {
    logger.error({ error }, 'An application did not take a call');
    return { ok: false, code: isCodedError(error) ? error.code : 'CALL.FAILED' };
  }
}

function failure(code: string): CallFailure {
  return { kind: 'unreachable', sipStatus: statusOfCode(code), reason: code };
}
