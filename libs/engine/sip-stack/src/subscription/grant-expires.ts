import type { EventPackage } from '../api/notifier-subscription.js';

export type ExpiresGrant =
  { readonly ok: true; readonly seconds: number } | { readonly ok: false; readonly minimum: number };

/**
 * How long a SUBSCRIBE is granted (RFC 6665 §4.2.1.1): never longer than asked for, 0 is a fetch or the end.
 * @param asked seconds; undefined leaves it to the package
 */
export function grantExpires(
  asked: number | undefined,
  bounds: Pick<EventPackage, 'defaultExpires' | 'minimumExpires' | 'maximumExpires'>,
): ExpiresGrant {
  if (asked === undefined) return { ok: true, seconds: bounds.defaultExpires };
  // §4.2.1.1: 423 is only for times under an hour.
  if (asked > 0 && asked < Math.min(bounds.minimumExpires, 3600)) return { ok: false, minimum: bounds.minimumExpires };
  return { ok: true, seconds: Math.min(asked, bounds.maximumExpires) };
}
