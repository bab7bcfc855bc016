import { statusOfCode } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Leg } from '../leg.js';
import { announceParty } from './announce-party.js';
import { answerLeg, markAnswered } from './answer-leg.js';
import { endCall } from './end-call.js';
import { takeBack } from './take-back.js';

/** Somebody answered: the led leg and the callee hear each other. Where that cannot be, the call ends. */
export async function connectCallee(parts: CallParts, call: Call, callee: Leg): Promise<void> {
  const { led } = call;
  if (led === undefined) return;
  call.peer = callee;
  call.outcomeIfAnswered = 'answered';
  await takeBack(parts, call);
  if (led.state === 'answered') await parts.media.stopPlaying(led);
  const told = led.state === 'answered';
  const outcome = await answerLeg(parts, call, led, { callee, meanwhile: () => parts.media.connect(led, callee) });
  if (outcome.ok) {
    markAnswered(parts, call);
    if (told) announceParty(parts, call, { to: led, about: callee, ledByOthers: call.referredBy !== undefined });
    // Hung up while the two were being connected.
    if (!callee.live) endCall(parts, call, { outcome: 'answered', reason: 'Hung up by the called party' });
    return;
  }
  endCall(parts, call, { outcome: 'failed', reason: outcome.code, sipStatus: statusOfCode(outcome.code) });
}
