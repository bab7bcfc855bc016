import type { DeviceId } from '@carillon/domain';
import { parseSipOrSipsUri } from '@carillon/sip-message';
import type { Flow, UserAgent, WayToPeer } from '@carillon/sip-stack';
import type { Binding } from './binding.js';
import { flowOf } from './reach-binding.js';
import type { Registrar } from './registrar.js';

export interface WayParts {
  readonly registrar: Pick<Registrar, 'ofDevice' | 'onChangeOf'>;
  readonly userAgent: Pick<UserAgent, 'flow' | 'addresses'>;
}

/**
 * How a phone in a dialog is reached when its connection is gone: by what it registers next. A phone that registers the same
 * binding anew over another connection has left the last one, though that still looks open (RFC 5626 §5.3, §6).
 * @param used the flow of its dialog; undefined where that went with another process
 */
export function wayToPhone({ registrar, userAgent }: WayParts, deviceId: DeviceId, used: Flow | undefined): WayToPeer {
  const registeredBy = (flow: Flow | undefined): Binding | undefined =>
    flow === undefined ? undefined : registrar.ofDevice(deviceId).find(({ flowId }) => flowId === flow.id);
  /** The registration of the phone that was found last. */
  let before = registeredBy(used);
  const mayBeIt = (binding: Binding): boolean => before === undefined || isSamePhone(before, binding);
  const newestFirst = (): Binding[] =>
    registrar
      .ofDevice(deviceId)
      .filter(mayBeIt)
      .sort((one, other) => other.registeredAt - one.registeredAt);
  const openFlow = (binding: Binding): Flow | undefined => {
    const flow = flowOf(userAgent, binding);
    return flow?.open === true ? flow : undefined;
  };
  return {
    find: (known) => {
      const current = registeredBy(known);
      if (current !== undefined) before = current;
      if (known !== undefined && (current !== undefined || known.id !== before?.flowId)) return known;
      for (const binding of newestFirst()) {
        const flow = openFlow(binding);
        if (flow !== undefined && (known === undefined || binding.key === before?.key)) return flow;
      }
      return known;
    },
    awaitAnother: (found) =>
      registrar.onChangeOf(deviceId, (binding, event) => {
        if ((event === 'added' || event === 'refreshed') && mayBeIt(binding)) found();
      }),
  };
}

/** By its instance; else by the Call-ID of its REGISTERs (RFC 3261 §10.2.4), or its own name for itself but for the port. */
function isSamePhone(before: Binding, binding: Binding): boolean {
  if (before.instance !== null || binding.instance !== null) return before.instance === binding.instance;
  if (before.callId === binding.callId) return true;
  return before.userAgent === binding.userAgent && nameOf(before) === nameOf(binding);
}

function nameOf({ contactUri }: Binding): string {
  const uri = parseSipOrSipsUri(contactUri);
  return uri === undefined ? contactUri : `${uri.user ?? ''}@${uri.host}`;
}
