import { unescapeText } from './escapes.js';
import type { Parameters } from './parameters.js';

/** How to wake a sleeping phone: parameters of a SIP URI (RFC 8599 §6), unescaped. */
export interface PushParameters {
  /** `pn-provider`: e.g. `apns`, `fcm`, `webpush`; `''` asks which providers there are (§4.1.1). */
  readonly provider: string;
  /** `pn-prid`: the device's key at the provider. */
  readonly prid: string | undefined;
  readonly param: string | undefined;
  /** `pn-purr`: the name under which a woken dialog is found again (§6.1). */
  readonly purr: string | undefined;
}

/** @returns undefined when the URI has no pn-provider, or a broken escape */
export function parsePushParameters(parameters: Parameters): PushParameters | undefined {
  const provider = unescaped(parameters.get('pn-provider'));
  if (provider === undefined) return undefined;
  return {
    provider,
    prid: unescaped(parameters.get('pn-prid')),
    param: unescaped(parameters.get('pn-param')),
    purr: unescaped(parameters.get('pn-purr')),
  };
}

/** Everything that belongs to push taken out: what others may see of the URI (RFC 8599 §5.6.2). */
export function withoutPushParameters(parameters: Parameters): Parameters {
  return ['pn-provider', 'pn-prid', 'pn-param', 'pn-purr'].reduce((rest, name) => rest.without(name), parameters);
}

function unescaped(text: string | undefined): string | undefined {
  return text === undefined ? undefined : unescapeText(text);
}
