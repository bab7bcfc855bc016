/** Bounds of the signalling service. What is beyond is refused at once and clearly. */
export const LIMITS = {
  /** Calls at once over all organisations: further ones get 503 with Retry-After. */
  calls: 5_000,
  /** Calls between INVITE and ringing at once: with more, the server is behind, and sheds new ones. */
  callsSettingUp: 400,
  /** Calls at once of one user: further ones from the user get 486, further ones to the user find it busy. */
  callsPerUser: 10,
  /** Subscriptions to lamps at once. */
  subscriptions: 20_000,
  /** Of these to one mailbox: a phone that forgets its subscriptions must not use up those of the others. */
  subscriptionsPerMailbox: 50,
} as const;
