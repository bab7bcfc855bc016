import { parseDecimal } from './characters.js';
import { decimalParameter } from './parameterised.js';
import type { Parameters } from './parameters.js';

/** What a Via's parameters mean (RFC 3261 §20.42 and those that added to it). */
export interface ViaParameters {
  readonly branch: string | undefined;
  /** Where the message came from; brackets around IPv6 are taken off (RFC 5118 §4.5). */
  readonly received: string | undefined;
  /** `asked` before the server filled it in (RFC 3581 §3). */
  readonly rport: number | 'asked' | undefined;
  readonly maddr: string | undefined;
  /** 0 to 255. */
  readonly ttl: number | undefined;
  /** The connection may be used for requests in the other direction (RFC 5923 §5). */
  readonly alias: boolean;
  /** Seconds between keep-alives; `asked` before the other side answered (RFC 6223 §5). */
  readonly keep: number | 'asked' | undefined;
  readonly overload: OverloadControl | undefined;
}

/** Overload control (RFC 7339 §4); algorithm `rate` is RFC 7415's. */
export interface OverloadControl {
  /** The figure that the server set: percent to shed by `loss`, requests per second by `rate`; undefined when asked. */
  readonly value: number | undefined;
  readonly algorithms: readonly string[];
  /** Milliseconds; 500 when absent, 0 ends it (§4.3). */
  readonly validity: number;
  /** Orders the values, as seconds with fractions (§4.4). */
  readonly sequence: string | undefined;
}

const DEFAULT_VALIDITY_MS = 500;
const MAX = 2 ** 32 - 1;

export function viaParameters(parameters: Parameters): ViaParameters {
  return {
    branch: parameters.get('branch'),
    received: parameters.get('received')?.replace(/[[\]]/g, ''),
    rport: askedOrNumber(parameters.get('rport'), 65_535),
    maddr: parameters.get('maddr')?.replace(/[[\]]/g, ''),
    ttl: decimalParameter(parameters, 'ttl', 255),
    alias: parameters.has('alias'),
    keep: askedOrNumber(parameters.get('keep'), MAX),
    overload: readOverload(parameters),
  };
}

function readOverload(parameters: Parameters): OverloadControl | undefined {
  const oc = parameters.get('oc');
  if (oc === undefined) return undefined;
  const algorithms = (parameters.get('oc-algo') ?? 'loss').split(',').map((name) => name.trim().toLowerCase());
  return {
    value: parseDecimal(oc, MAX),
    algorithms: algorithms.filter((name) => name !== ''),
    validity: decimalParameter(parameters, 'oc-validity', MAX) ?? DEFAULT_VALIDITY_MS,
    sequence: parameters.get('oc-seq'),
  };
}

function askedOrNumber(text: string | undefined, maximum: number): number | 'asked' | undefined {
  if (text === undefined) return undefined;
  return text === '' ? 'asked' : parseDecimal(text, maximum);
}

/** Via parameters with the server's figure set (RFC 7339 §4.2–4.4). */
export function withOverload(
  parameters: Parameters,
  control: { value: number; algorithm: string; validity?: number; sequence?: string | undefined },
): Parameters {
  let result = parameters.with('oc', String(control.value)).withQuoted('oc-algo', control.algorithm);
  if (control.validity !== undefined) result = result.with('oc-validity', String(control.validity));
  return control.sequence === undefined ? result : result.with('oc-seq', control.sequence);
}
