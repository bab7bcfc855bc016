import type { SfuLimits } from '../sfu-options.js';
import type { SfuOutcome } from '../sfu-outcome.js';
import type { SfuParticipant } from '../sfu-participant.js';
import type { SfuRequest, SfuRequestOf } from '../sfu-request.js';
import type { SfuRoom } from '../sfu-room.js';

/** Who asks, and where. */
export interface RequestContext {
  readonly room: SfuRoom;
  readonly participant: SfuParticipant;
  readonly limits: SfuLimits;
}

export type RequestAnswer = SfuOutcome<Record<string, unknown>>;
export type RequestHandler<Type extends SfuRequest['type']> = (
  context: RequestContext,
  request: SfuRequestOf<Type>,
) => RequestAnswer | Promise<RequestAnswer>;
