import { isIPv6 } from 'node:net';
import type { CommandInput, OfferedEncryption } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import { isCodedError, type Logger } from '@carillon/service-runtime';
import type { Call } from './call.js';
import type { Leg, LegEndpoint } from './leg.js';

export interface MediaRefusal {
  readonly ok: false;
  readonly code: string;
  /** One sentence, for people. */
  readonly detail?: string | undefined;
}
export type MediaOutcome<Value extends object = object> = ({ readonly ok: true } & Value) | MediaRefusal;

const GONE: MediaRefusal = { ok: false, code: 'MEDIA.GONE' };
/** RFC 3261 §13.2.1 wants one in the first 2xx at the latest. */
const NO_DESCRIPTION: MediaRefusal = {
  ok: false,
  code: 'MEDIA.BAD_SDP',
  detail: 'The answer has no session description.',
};
/** 425 Hz, one second in five (ITU-T E.180). */
const RINGBACK: CommandInput<'media.play'>['sources'] = [
  { kind: 'tone', frequencies: [425], durationMs: 1000 },
  { kind: 'silence', durationMs: 4000 },
];

/** The media of legs, by commands to the process that owns their endpoints. Failures are values here. */
export class CallMedia {
  constructor(
    private readonly bus: Bus,
    private readonly logger: Logger,
  ) {}

  /** Opens the leg's endpoint; the SDP is our offer, or empty where an offer came and its answer is made later. */
  async open(
    call: Call,
    leg: Leg,
    options: {
      readonly offer?: string;
      readonly preferCodecsOf?: LegEndpoint;
      readonly encryption?: OfferedEncryption;
      readonly mustEncrypt?: boolean;
      /** Numeric: where the other side is, for the address in an offer of ours. */
      readonly towards?: string | undefined;
    },
  ): Promise<MediaOutcome<{ sdp: string }>> {
    const { offer, preferCodecsOf, encryption, mustEncrypt, towards } = options;
    const answer = await this.ask(() =>
      this.bus.call('media.open', {
        organisationId: call.organisationId,
        callId: call.callId,
        legId: leg.legId,
        offer,
        answer: offer === undefined ? 'now' : 'later',
        preferCodecsOf: preferCodecsOf?.endpointId,
        encryption: encryption ?? 'none',
        mustEncrypt: mustEncrypt ?? false,
        family: towards !== undefined && isIPv6(towards) ? 'ipv6' : undefined,
      }),
    );
    if (!answer.ok) {
      const { organisationId, callId } = call;
      // It may open all the same, only too late: nobody would ever close it.
      if (answer.code === 'BUS.TIMEOUT')
        this.bus.publish('media.open-abandoned', { organisationId, callId, legId: leg.legId });
      return answer;
    }
    leg.endpoint = { endpointId: answer.endpointId, ownerId: answer.ownerId };
    if (leg.live) return answer;
    await this.close(leg);
    return GONE;
  }

  /** The answer to the offer the leg came with; the same one however often it is asked. */
  answer(
    leg: Leg,
    preferCodecsOf?: LegEndpoint,
    { early = false }: { readonly early?: boolean } = {},
  ): Promise<MediaOutcome<{ sdp: string }>> {
    return this.on(leg, ({ endpointId, ownerId }) =>
      this.bus.call('media.answer', { endpointId, preferCodecsOf: preferCodecsOf?.endpointId, early }, { ownerId }),
    );
  }

  acceptAnswer(leg: Leg, sdp: string | undefined): Promise<MediaOutcome> {
    if (sdp === undefined) return Promise.resolve(NO_DESCRIPTION);
    return this.on(leg, ({ endpointId, ownerId }) =>
      this.bus.call('media.accept-answer', { endpointId, sdp }, { ownerId }),
    );
  }

  /** @param direction what our side is for from now on; left out: as in our last offer */
  acceptOffer(
    leg: Leg,
    sdp: string,
    direction?: CommandInput<'media.accept-offer'>['direction'],
  ): Promise<MediaOutcome<{ sdp: string }>> {
    return this.on(leg, ({ endpointId, ownerId }) =>
      this.bus.call('media.accept-offer', { endpointId, sdp, direction }, { ownerId }),
    );
  }

  makeOffer(
    leg: Leg,
    direction: CommandInput<'media.make-offer'>['direction'] = 'sendrecv',
  ): Promise<MediaOutcome<{ sdp: string }>> {
    return this.on(leg, ({ endpointId, ownerId }) =>
      this.bus.call('media.make-offer', { endpointId, direction }, { ownerId }),
    );
  }

  /** Both hear each other; whatever either heard before is parted first. */
  async connect(a: Leg, b: Leg): Promise<MediaOutcome> {
    const other = b.endpoint;
    if (other === undefined) return GONE;
    return this.on(a, ({ endpointId, ownerId }) =>
      this.bus.call('media.connect', { a: endpointId, b: other.endpointId }, { ownerId }),
    );
  }

  disconnect(leg: Leg): Promise<MediaOutcome> {
    return this.on(leg, ({ endpointId, ownerId }) => this.bus.call('media.disconnect', { endpointId }, { ownerId }));
  }

  playRingback(leg: Leg): Promise<MediaOutcome> {
    return this.on(leg, ({ endpointId, ownerId }) =>
      this.bus.call('media.play', { endpointId, sources: RINGBACK, loop: true }, { ownerId }),
    );
  }

  /** Until it is stopped; gives way to what the other side plays itself. */
  playHoldMusic(leg: Leg): Promise<MediaOutcome> {
    return this.on(leg, ({ endpointId, ownerId }) =>
      this.bus.call(
        'media.play',
        { endpointId, sources: [{ kind: 'hold-music' }], loop: true, yields: true },
        { ownerId },
      ),
    );
  }

  stopPlaying(leg: Leg): Promise<MediaOutcome> {
    return this.on(leg, ({ endpointId, ownerId }) => this.bus.call('media.stop-play', { endpointId }, { ownerId }));
  }

  takeKey(leg: Leg, key: Omit<CommandInput<'media.dtmf-input'>, 'endpointId'>): Promise<MediaOutcome> {
    return this.on(leg, ({ endpointId, ownerId }) =>
      this.bus.call('media.dtmf-input', { endpointId, ...key }, { ownerId }),
    );
  }

  /** Idempotent; keeps the endpoint's last figures with the leg. */
  async close(leg: Leg): Promise<void> {
    const { endpoint } = leg;
    if (endpoint === undefined) return;
    leg.endpoint = undefined;
    const { endpointId, ownerId } = endpoint;
    const answer = await this.ask(() => this.bus.call('media.close', { endpointId }, { ownerId }));
    if (answer.ok) leg.stats = answer.stats;
  }

  private on<Answer extends { ok: boolean }>(
    leg: Leg,
    command: (endpoint: LegEndpoint) => Promise<Answer>,
  ): Promise<Answer | MediaRefusal> {
    const { endpoint } = leg;
    return endpoint === undefined ? Promise.resolve(GONE) : this.ask(() => command(endpoint));
  }

  private async ask<Answer extends { ok: boolean }>(command: () => Promise<Answer>): Promise<Answer | MediaRefusal> {
    try {
      return await command();
    } catch (error) {
      const code = isCodedError(error) ? error.code : 'MEDIA.FAILED';
      this.logger.error({ error, code }, 'A media command failed');
      return { ok: false, code };
    }
  }
}
