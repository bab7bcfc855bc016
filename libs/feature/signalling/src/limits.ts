/** Bounds of the signalling service. What is beyond is refused at once and clearly. */
export const LIMITS = {
  /** Calls at once over all organisations: further ones get 503 with Retry-After. */
  calls: 5_000,
  /** Calls between INVITE and ringing at once: with more, the server is behind, and sheds new ones. */
  callsSettingUp: 400,
  /** Calls at once of one user: further ones from the user get 486, further ones to the user find it busy. */
  callsPerUser: 10,
  /** What calls for help have beyond these limits: more than any emergency takes, and less than would hurt running calls. */
  forHelp: {
    calls: 100,
    callsPerUser: 5,
    callsOverTrunk: 10,
    /** INVITEs a second that no overload turns away; each call takes two, since its caller is asked for credentials. */
    invitesPerSecond: 20,
  },
  /** Subscriptions to lamps at once. */
  subscriptions: 20_000,
  /** Of these to one mailbox: a phone that forgets its subscriptions must not use up those of the others. */
  subscriptionsPerMailbox: 50,
  /** Other users' states that one device watches, of each kind: a desk phone with its key modules. */
  watchesPerDevice: 200,
  /** Presence documents that phones have published, in all and of one user; characters of each. */
  publications: 5_000,
  publicationsPerUser: 8,
  publicationLength: 16_384,
} as const;
