import { z } from 'zod';
import { MediaEncryption } from './media-encryption.js';

/** Where a phone needs something else than the standards say, or than most phones do. */
export const DeviceQuirks = z.object({
  /**
   * Which challenges it is asked with, and in which order (RFC 8760 §2.3 wants the strongest first, but many phones read
   * the first alone and know MD5).
   */
  digest: z.enum(['sha256-first', 'md5-first', 'md5-only']),
  /** Reliable provisional responses (RFC 3262) are offered to it. */
  reliableProvisional: z.boolean(),
  /** Its calls are refreshed (RFC 4028). */
  sessionTimer: z.boolean(),
  /** Where it reads who calls: P-Asserted-Identity (RFC 3325), the older Remote-Party-ID as well, or From alone. */
  callerIdentity: z.enum(['asserted', 'remote-party-id', 'from']),
  /** How its media is protected in our offers; `auto` goes by how it is registered, and tries again where it refuses. */
  mediaEncryption: z.enum(['auto', ...MediaEncryption.options]).default('auto'),
  /**
   * What it means by `sips:`: TLS on every hop (RFC 5630 §4), or its own connection alone, which it says of each call as
   * soon as its transport is TLS.
   */
  sips: z.enum(['every-hop', 'first-hop']).default('every-hop'),
});
export type DeviceQuirks = z.infer<typeof DeviceQuirks>;

/** Phones of one kind, known by a part of their User-Agent. */
export const DeviceProfile = z.object({
  name: z.string().trim().min(1).max(60),
  /** In any case of letters. */
  userAgent: z.string().trim().min(2).max(80),
  quirks: DeviceQuirks,
});
export type DeviceProfile = z.infer<typeof DeviceProfile>;

/** An organisation's own profiles, in their order. */
export const DeviceProfiles = z.array(DeviceProfile).max(50);

const STANDARD: DeviceQuirks = {
  digest: 'md5-first',
  reliableProvisional: true,
  sessionTimer: true,
  callerIdentity: 'asserted',
  mediaEncryption: 'auto',
  sips: 'every-hop',
};

/** What every phone gets that no profile speaks of. */
export const STANDARD_PROFILE: DeviceProfile = { name: 'Any other phone', userAgent: '', quirks: STANDARD };

/** Browsers, whatever library they use: these know MD5 alone; SIP.js reads the first challenge, JsSIP the last. */
export const BROWSER_PROFILE: DeviceProfile = {
  name: 'Browsers',
  userAgent: '',
  quirks: { ...STANDARD, digest: 'md5-only' },
};

/** What is known of phones, from trying them unless it says otherwise. */
export const BUILT_IN_PROFILES: readonly DeviceProfile[] = [
  // Stops with "Function not implemented" where SHA-256 is offered beside MD5.
  ...['baresip v0.', 'baresip v1.', 'baresip v2.'].map((userAgent) => ({
    name: `baresip ${userAgent.slice(9)}x`,
    userAgent,
    quirks: { ...STANDARD, digest: 'md5-only' as const },
  })),
  { name: 'baresip', userAgent: 'baresip', quirks: { ...STANDARD, digest: 'sha256-first' } },
  // Give up where a challenge of another algorithm stands beside MD5.
  { name: 'Sofia-SIP 1.12', userAgent: 'sofia-sip/1.12', quirks: { ...STANDARD, digest: 'md5-only' } },
  { name: 'Twinkle', userAgent: 'twinkle/', quirks: { ...STANDARD, digest: 'md5-only' } },
  { name: 'Linphone', userAgent: 'linphone', quirks: { ...STANDARD, digest: 'sha256-first' } },
  // By its manual: "SIP URI scheme when using TLS" is sips unless somebody changes it.
  { name: 'Grandstream', userAgent: 'grandstream', quirks: { ...STANDARD, sips: 'first-hop' } },
];

/** With what their User-Agent has, in small letters: asked for with each challenge. */
const BUILT_IN_BY_TEXT = BUILT_IN_PROFILES.map((profile) => [profile.userAgent.toLowerCase(), profile] as const);

/**
 * Finds the profile of a phone. Pure.
 * @param own the organisation's, which come before those that are built in
 */
export function profileOf(
  phone: { readonly userAgent: string | null; readonly protocol: string },
  own: readonly DeviceProfile[],
): DeviceProfile {
  const userAgent = phone.userAgent?.toLowerCase() ?? '';
  for (const profile of own) if (userAgent.includes(profile.userAgent.toLowerCase())) return profile;
  if (phone.protocol === 'ws' || phone.protocol === 'wss') return BROWSER_PROFILE;
  for (const [text, profile] of BUILT_IN_BY_TEXT) if (userAgent.includes(text)) return profile;
  return STANDARD_PROFILE;
}
