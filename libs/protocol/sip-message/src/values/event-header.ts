import { parseTokenWithParameters, decimalParameter } from './parameterised.js';
import { Parameters } from './parameters.js';

/** Event (RFC 6665 §8.2.1). */
export interface EventHeader {
  /** e.g. `message-summary`. */
  readonly package: string;
  readonly id: string | undefined;
  readonly parameters: Parameters;
}

/** @returns undefined when malformed */
export function parseEvent(text: string): EventHeader | undefined {
  const split = parseTokenWithParameters(text);
  return split && { package: split.value, id: split.parameters.get('id'), parameters: split.parameters };
}

export function buildEvent(event: { package: string; id?: string | undefined; parameters?: Parameters }): string {
  const parameters = event.parameters ?? Parameters.none;
  return `${event.package}${(event.id === undefined ? parameters : parameters.with('id', event.id)).text}`;
}

/** Subscription-State (RFC 6665 §8.2.3). */
export interface SubscriptionState {
  /** Lower case: `active`, `pending`, `terminated` or an extension. */
  readonly state: string;
  readonly expires: number | undefined;
  readonly reason: string | undefined;
  readonly retryAfter: number | undefined;
}

/** @returns undefined when malformed */
export function parseSubscriptionState(text: string): SubscriptionState | undefined {
  const split = parseTokenWithParameters(text);
  if (split === undefined) return undefined;
  return {
    state: split.value.toLowerCase(),
    expires: decimalParameter(split.parameters, 'expires'),
    reason: split.parameters.get('reason'),
    retryAfter: decimalParameter(split.parameters, 'retry-after'),
  };
}

export function buildSubscriptionState(state: {
  state: string;
  expires?: number | undefined;
  reason?: string | undefined;
  retryAfter?: number | undefined;
}): string {
  const expires = state.expires === undefined ? '' : `;expires=${state.expires}`;
  const reason = state.reason === undefined ? '' : `;reason=${state.reason}`;
  const retryAfter = state.retryAfter === undefined ? '' : `;retry-after=${state.retryAfter}`;
  return `${state.state}${expires}${reason}${retryAfter}`;
}
