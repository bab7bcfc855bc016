import { z } from 'zod';

/**
 * What the system is for calls between an organisation's phones: an end of both sides (b2bua), a proxy that stays in the
 * path of the signalling, or a redirect server that says where the phone is.
 */
export const SipRole = z.enum(['b2bua', 'proxy', 'redirect']);
export type SipRole = z.infer<typeof SipRole>;

/** This part of an organisation's settings; what is missing or broken is as it is by default. */
export const SipSettings = z.object({ sipRole: SipRole.default('b2bua').catch('b2bua') });
export type SipSettings = z.infer<typeof SipSettings>;
