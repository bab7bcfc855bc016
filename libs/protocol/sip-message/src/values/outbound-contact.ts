import { decimalParameter } from './parameterised.js';
import type { Parameters } from './parameters.js';

/** What a Contact says beyond its address: Outbound (RFC 5626 §11.1) and GRUU (RFC 5627 §4.1, §11). */
export interface OutboundContact {
  /** `+sip.instance` without its angle brackets, e.g. `urn:uuid:…`; case counts (RFC 5626 §4.1). */
  readonly instance: string | undefined;
  /** 1 to 2^31-1; undefined when absent or malformed. */
  readonly regId: number | undefined;
  readonly publicGruu: string | undefined;
  readonly temporaryGruu: string | undefined;
}

/** Most that RFC 5626 §11.1 lets a reg-id be. */
const MAX_REG_ID = 2 ** 31 - 1;

export function outboundContact(parameters: Parameters): OutboundContact {
  const regId = decimalParameter(parameters, 'reg-id', MAX_REG_ID);
  return {
    instance: parameters.get('+sip.instance')?.replace(/^<(.*)>$/s, '$1'),
    regId: regId === 0 ? undefined : regId,
    publicGruu: parameters.get('pub-gruu'),
    temporaryGruu: parameters.get('temp-gruu'),
  };
}

/** Contact parameters with these set; the quoting is what the RFCs ask for. */
export function withOutboundContact(parameters: Parameters, outbound: Partial<OutboundContact>): Parameters {
  let result = parameters;
  if (outbound.instance !== undefined) result = result.withQuoted('+sip.instance', `<${outbound.instance}>`);
  if (outbound.regId !== undefined) result = result.with('reg-id', String(outbound.regId));
  if (outbound.publicGruu !== undefined) result = result.withQuoted('pub-gruu', outbound.publicGruu);
  if (outbound.temporaryGruu !== undefined) result = result.withQuoted('temp-gruu', outbound.temporaryGruu);
  return result;
}
