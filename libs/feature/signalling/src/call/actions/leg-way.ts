import { sipUri } from '@carillon/sip-message';
import type { Flow, RequestFailure, RequestTarget } from '@carillon/sip-stack';
import type { Binding } from '../../registrar/binding.js';
import { reachBinding } from '../../registrar/reach-binding.js';
import type { Trunk } from '../../trunks/trunk.js';
import type { CallParts } from '../call-parts.js';
import type { Call } from '../call.js';
import type { PlaceTold } from '../headers/conveyed-location.js';
import type { Leg } from '../leg.js';

/** RFC 5626 §11.5 */
const FLOW_FAILED = 430;

/** The way to who is called: a registered contact, or a number over a trunk. */
export type LegWay =
  /** `others`: further flows to the same phone, tried one after the other where a flow has failed (RFC 5626 §7). */
  | { readonly kind: 'device'; readonly binding: Binding; readonly others?: readonly Binding[] }
  | { readonly kind: 'trunk'; readonly trunk: Trunk; readonly number: string; readonly place?: PlaceTold };

/** How an INVITE gets there. */
export interface Reach {
  readonly target: string;
  readonly flow: Flow | undefined;
  readonly route: readonly string[] | undefined;
  readonly secure?: boolean | undefined;
  readonly trustsFlow?: boolean | undefined;
  readonly credentials: RequestTarget['credentials'];
  readonly to: string | undefined;
}

/** Undefined where no way leads there at present. */
export function reachOf(parts: CallParts, call: Call, leg: Leg, way: LegWay): Reach | undefined {
  if (way.kind === 'trunk') {
    const { target, credentials, to } = parts.trunks.reach(way.trunk, way.number, call.secure && !leg.isEmergency);
    return { target, flow: undefined, route: undefined, credentials, to };
  }
  const reach = reachBinding(parts.userAgent, way.binding, call.secure);
  if (reach === undefined) return undefined;
  const { target, flow, route, secure, trustsFlow } = reach;
  const user = leg.party.number || way.binding.device.sipUsername;
  const to = `<${sipUri({ user, host: call.domain, scheme: call.secure ? 'sips' : 'sip' })}>`;
  return { target, flow, route, secure, trustsFlow, credentials: undefined, to };
}

/** Skips flows that are known to be gone. */
export function firstReachable(parts: CallParts, way: LegWay, secure: boolean): LegWay {
  if (way.kind === 'trunk' || way.others === undefined || way.others.length === 0) return way;
  const flows = [way.binding, ...way.others];
  const at = flows.findIndex((binding) => reachBinding(parts.userAgent, binding, secure) !== undefined);
  const binding = flows[at];
  return binding === undefined ? way : { kind: 'device', binding, others: flows.slice(at + 1) };
}

/** RFC 5626 §7: a flow that has failed is a binding no more, and the next one to the same phone is tried. */
export function otherFlow(
  parts: CallParts,
  way: LegWay,
  { failure: { status, cause }, secure }: { readonly failure: RequestFailure; readonly secure: boolean },
): LegWay | undefined {
  if (way.kind === 'trunk' || way.binding.regId === null || (status !== FLOW_FAILED && cause !== 'transport'))
    return undefined;
  void parts.registrar.remove([way.binding], 'flow-broken');
  const [binding, ...others] = way.others ?? [];
  return binding === undefined ? undefined : firstReachable(parts, { kind: 'device', binding, others }, secure);
}
