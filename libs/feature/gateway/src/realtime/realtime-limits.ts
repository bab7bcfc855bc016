/** Bounds on one connection. */
export const REALTIME_LIMITS = {
  /** The largest frame taken, bytes: mediasoup's parameters fit several times. */
  messageBytes: 128 * 1024,
  /** A handshake has to be complete by then. */
  handshakeMs: 10_000,
  connections: 10_000,
  connectionsPerPerson: 50,
  /** Meetings that one connection may be in at once. */
  seats: 4,
  /** One who was cut off keeps the seat in a meeting that long. */
  graceMs: 10_000,
  /** How often sessions are looked up again. */
  recheckMs: 15_000,
  /** How often presence is renewed for who is connected. */
  presenceMs: 30_000,
  /** What a browser said of itself holds for so long; it says it every 30 s. */
  activeMs: 75_000,
  /** Refused for coming too fast this often in a row: the connection is closed. */
  refusalsInARow: 500,
} as const;

/** Joining a large meeting asks for two things per producer at once. */
export const REQUEST_RATE = { burst: 400, perSecond: 50 } as const;
/** Requests that cost others something have a slower rate of their own. */
export const SLOW_RATES = {
  'chat-message.send': { burst: 30, perSecond: 3 },
  'conversation.typing': { burst: 10, perSecond: 2 },
  'call.place': { burst: 5, perSecond: 0.2 },
  'room.join': { burst: 10, perSecond: 0.5 },
} as const;
