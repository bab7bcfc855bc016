import { mayCarryKeys, mustEncrypt } from './trunk-encryption.js';
import type { Trunk } from './trunk.js';

/** How a call may use a trunk. */
export interface ProtectedLine {
  readonly trunk: Trunk;
  readonly use:
    | { readonly kind: 'as-it-is' }
    /** With SRTP alone, though it takes others as well. */
    | { readonly kind: 'insisting'; readonly behind: Trunk }
    /** Its sound would be in the clear. */
    | { readonly kind: 'passed-over'; readonly behind: Trunk };
}

/**
 * An admin who says that a trunk takes SRTP alone means its calls, not only this line: where it fails, is full or does not answer,
 * they go on over trunks that take them with SRTP, never silently in the clear, unless the admin has allowed that
 * (`clearFallback`). So a trunk behind such a one is asked for SRTP alone, or passed over. Trunks before it are the admin's own choice.
 * @param trunks in the order of the dial plan, whichever of them answers
 */
export function keepProtected(trunks: readonly Trunk[]): ProtectedLine[] {
  let behind: Trunk | undefined;
  return trunks.map((trunk): ProtectedLine => {
    if (mustEncrypt(trunk)) {
      if (!trunk.clearFallback) behind ??= trunk;
      return { trunk, use: { kind: 'as-it-is' } };
    }
    if (behind === undefined) return { trunk, use: { kind: 'as-it-is' } };
    const takesKeys = trunk.mediaEncryption === 'srtp-optional' && mayCarryKeys(trunk, trunk.transport);
    return takesKeys
      ? { trunk: { ...trunk, mediaEncryption: 'srtp' }, use: { kind: 'insisting', behind } }
      : { trunk, use: { kind: 'passed-over', behind } };
  });
}
