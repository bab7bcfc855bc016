import type { Outcome } from '../../api/outcome.js';

/** Thrown inside the bridge where the audio engine refuses; becomes a refusal at its edge. */
export class BridgeFailure extends Error {
  constructor(what: string, detail: string) {
    super(`${what}: ${detail}`);
    this.name = 'BridgeFailure';
  }
}

/** The value of a good outcome. @throws {BridgeFailure} */
export function expectGranted<T>(what: string, outcome: Outcome<T>): T {
  if (!outcome.ok) throw new BridgeFailure(what, `${outcome.code} ${outcome.detail}`);
  return outcome.value;
}
