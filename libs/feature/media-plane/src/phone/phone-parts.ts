import type { Refusal } from '@carillon/contracts';
import type { OwnerId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { AudioEngine, Outcome, WebRtcGateway } from '@carillon/media-engine';
import type { Health, Logger, Metrics } from '@carillon/service-runtime';
import type { PhoneLeg } from './phone-leg.js';
import type { NamedAddresses } from './named-addresses.js';
import type { PhoneLegs } from './phone-legs.js';

/** What the command handlers of the phone plane work with. */
export interface PhoneParts {
  readonly bus: Bus;
  readonly engine: AudioEngine;
  /** Absent: browsers cannot call. */
  readonly webRtc?: WebRtcGateway;
  readonly legs: PhoneLegs;
  /** Of hosts that SDP names. */
  readonly names: NamedAddresses;
  /** This process: every command but `media.open` is addressed to it. */
  readonly ownerId: OwnerId;
  /** The address that goes into SDP. */
  readonly advertisedAddress: string;
  /** The same for peers of IPv6; left out: they get that one. */
  readonly advertisedAddress6?: string | undefined;
  /** Absolute folder below which organisations keep their own music on hold. */
  readonly dataDir: string;
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Metrics;
}

/** The contract's answer for an outcome of the engine; what signalling knows by other names is translated. */
export function answer<T, A extends object>(outcome: Outcome<T>, build: (value: T) => A): ({ ok: true } & A) | Refusal {
  if (outcome.ok) return { ok: true, ...build(outcome.value) };
  return refusalOf(outcome);
}

/** The contract's refusal for one of the engine. */
export function refusalOf({ code, detail }: Extract<Outcome<unknown>, { ok: false }>): Refusal {
  return { ok: false, code: codeOf(code), detail };
}

/** For commands that answer nothing but that they are done. */
export function done(): object {
  return {};
}

/** As `answer` with `done`, for what is asked in every call. */
export function doneOrRefused(outcome: Outcome<void>): typeof DONE | Refusal {
  return outcome.ok ? DONE : refusalOf(outcome);
}

const DONE = { ok: true } as const;

function unknownLeg(endpointId: string): Refusal {
  return { ok: false, code: 'MEDIA.ENDPOINT_UNKNOWN', detail: `There is no endpoint ${endpointId} here.` };
}

/** Runs `act` with the leg of an endpoint, or refuses. */
export function withLeg<A>(legs: PhoneLegs, endpointId: string, act: (leg: PhoneLeg) => A): A | Refusal {
  const leg = legs.find(endpointId);
  return leg === undefined ? unknownLeg(endpointId) : act(leg);
}

function codeOf(code: string): string {
  if (code === 'MEDIA.PORTS_EXHAUSTED') return 'MEDIA.NO_PORTS';
  if (code === 'MEDIA.ENDPOINT_LIMIT' || code === 'MEDIA.WORKER_LOST' || code === 'MEDIA.ENGINE_CLOSED')
    return 'MEDIA.BUSY';
  return code;
}
