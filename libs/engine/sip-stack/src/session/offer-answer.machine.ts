/**
 * Which messages of an INVITE dialog may carry an offer or an answer (RFC 3264 §4, RFC 6337 §2.2 and §4.3), seen from one side.
 *
 * ```text
 *   offer in     answer in     here
 *   INVITE       2xx           invite-sent / invite-received
 *   2xx          ACK           success-sent / success-received       (the INVITE was offerless)
 *   INVITE       reliable 1xx  invite-sent / invite-received
 *   reliable 1xx PRACK         progress-sent / progress-received     (the INVITE was offerless)
 *   PRACK        2xx of PRACK  prack-sent / prack-received
 *   UPDATE       2xx of UPDATE update-sent / update-received
 *
 *   new | stable --offer in X--> X-sent | X-received --answer, refusal--> stable
 *   new | stable --INVITE without SDP--> offerless-sent | offerless-received --offer in 1xx, 2xx--> …
 * ```
 */
export type OfferAnswerState =
  /** Nothing was ever agreed. */
  | 'new'
  /** An exchange is done and none is open. */
  | 'stable'
  | 'invite-sent'
  | 'invite-received'
  | 'offerless-sent'
  | 'offerless-received'
  | 'progress-sent'
  | 'progress-received'
  | 'success-sent'
  | 'success-received'
  | 'prack-sent'
  | 'prack-received'
  | 'update-sent'
  | 'update-received';

type Carrier =
  'INVITE' | 'reliable 1xx' | '1xx' | '2xx' | 'ACK' | 'PRACK' | '2xx of PRACK' | 'UPDATE' | '2xx of UPDATE';
/** Messages whose lack of SDP says something. */
type BareCarrier = 'INVITE' | '2xx' | 'ACK' | 'PRACK' | '2xx of PRACK' | '2xx of UPDATE';
type Direction = 'send' | 'receive';

export type OfferAnswerEvent =
  | `${Direction} ${Carrier}`
  | `${Direction} ${BareCarrier} without SDP`
  /** `receive`: the peer refused our request; `send`: we refused the peer's. */
  | `${Direction} refusal of ${'INVITE' | 'PRACK' | 'UPDATE'}`;

export type Meaning =
  | 'offer'
  | 'answer'
  /** SDP of an unreliable 1xx: the answer as it will come (RFC 6337 §3.1.1). */
  | 'preview'
  /** SDP that says nothing new and must not be used (RFC 3261 §13.2.1). */
  | 'ignored'
  /** No SDP, and none was due. */
  | 'nothing'
  /** An answer or offer was due and is not there. */
  | 'missing'
  /** Refuse with 491: our own exchange is open (RFC 6337 §4.3 UAS-IcI, -UcU, -UcI, -IcU). */
  | 'glare'
  /** Refuse with 500 and Retry-After: the peer's exchange is open (UAS-IsI, -UsU, -UsI, -IsU). */
  | 'busy'
  /** Not ours to send now. */
  | 'forbidden';

export interface OfferAnswerStep {
  readonly meaning: Meaning;
  readonly next: OfferAnswerState;
}

type Cell = readonly [meaning: Meaning, next?: OfferAnswerState];
type Row = Partial<Record<OfferAnswerState, Cell>> & { readonly otherwise: Cell };

/** Ours is open: the peer's offer is glare. The peer's is open: it must wait. */
const CROSSING: Partial<Record<OfferAnswerState, Cell>> = {
  'invite-sent': ['glare'],
  'offerless-sent': ['glare'],
  'progress-received': ['glare'],
  'success-received': ['glare'],
  'prack-sent': ['glare'],
  'update-sent': ['glare'],
};

export const OFFER_ANSWER: Readonly<Record<OfferAnswerEvent, Row>> = {
  'send INVITE': { new: ['offer', 'invite-sent'], stable: ['offer', 'invite-sent'], otherwise: ['forbidden'] },
  'receive INVITE': {
    new: ['offer', 'invite-received'],
    stable: ['offer', 'invite-received'],
    ...CROSSING,
    otherwise: ['busy'],
  },
  'send INVITE without SDP': {
    new: ['nothing', 'offerless-sent'],
    stable: ['nothing', 'offerless-sent'],
    otherwise: ['forbidden'],
  },
  'receive INVITE without SDP': {
    new: ['nothing', 'offerless-received'],
    stable: ['nothing', 'offerless-received'],
    ...CROSSING,
    otherwise: ['busy'],
  },
  'send refusal of INVITE': {
    'invite-received': ['nothing', 'stable'],
    'offerless-received': ['nothing', 'stable'],
    'progress-sent': ['nothing', 'stable'],
    otherwise: ['nothing'],
  },
  'receive refusal of INVITE': {
    'invite-sent': ['nothing', 'stable'],
    'offerless-sent': ['nothing', 'stable'],
    'progress-received': ['nothing', 'stable'],
    otherwise: ['nothing'],
  },

  'send 1xx': { 'invite-received': ['preview'], otherwise: ['forbidden'] },
  'receive 1xx': { 'invite-sent': ['preview'], otherwise: ['ignored'] },
  'send reliable 1xx': {
    'invite-received': ['answer', 'stable'],
    'offerless-received': ['offer', 'progress-sent'],
    otherwise: ['forbidden'],
  },
  'receive reliable 1xx': {
    'invite-sent': ['answer', 'stable'],
    'offerless-sent': ['offer', 'progress-received'],
    otherwise: ['ignored'],
  },
  'send 2xx': {
    'invite-received': ['answer', 'stable'],
    'offerless-received': ['offer', 'success-sent'],
    otherwise: ['forbidden'],
  },
  'receive 2xx': {
    'invite-sent': ['answer', 'stable'],
    'offerless-sent': ['offer', 'success-received'],
    otherwise: ['ignored'],
  },
  'send 2xx without SDP': {
    'invite-received': ['missing', 'stable'],
    'offerless-received': ['missing', 'stable'],
    otherwise: ['nothing'],
  },
  'receive 2xx without SDP': {
    'invite-sent': ['missing', 'stable'],
    'offerless-sent': ['missing', 'stable'],
    otherwise: ['nothing'],
  },
  'send ACK': { 'success-received': ['answer', 'stable'], otherwise: ['forbidden'] },
  'receive ACK': { 'success-sent': ['answer', 'stable'], otherwise: ['ignored'] },
  'send ACK without SDP': { 'success-received': ['missing', 'stable'], otherwise: ['nothing'] },
  'receive ACK without SDP': { 'success-sent': ['missing', 'stable'], otherwise: ['nothing'] },

  'send PRACK': {
    'progress-received': ['answer', 'stable'],
    stable: ['offer', 'prack-sent'],
    otherwise: ['forbidden'],
  },
  'receive PRACK': {
    'progress-sent': ['answer', 'stable'],
    stable: ['offer', 'prack-received'],
    // RFC 6337 §4.2, figure 11: a PRACK is not refused, so our UPDATE that crosses it is the one that fails.
    'update-sent': ['offer', 'prack-received'],
    'update-received': ['busy'],
    'prack-received': ['busy'],
    otherwise: ['ignored'],
  },
  'send PRACK without SDP': { 'progress-received': ['missing', 'stable'], otherwise: ['nothing'] },
  // The offer of our 1xx has no answer: the 2xx may bring another one.
  'receive PRACK without SDP': { 'progress-sent': ['missing', 'offerless-received'], otherwise: ['nothing'] },
  'send 2xx of PRACK': { 'prack-received': ['answer', 'stable'], otherwise: ['forbidden'] },
  'receive 2xx of PRACK': { 'prack-sent': ['answer', 'stable'], otherwise: ['ignored'] },
  'send 2xx of PRACK without SDP': { 'prack-received': ['missing', 'stable'], otherwise: ['nothing'] },
  'receive 2xx of PRACK without SDP': { 'prack-sent': ['missing', 'stable'], otherwise: ['nothing'] },
  'send refusal of PRACK': { 'prack-received': ['nothing', 'stable'], otherwise: ['nothing'] },
  'receive refusal of PRACK': { 'prack-sent': ['nothing', 'stable'], otherwise: ['nothing'] },

  'send UPDATE': { stable: ['offer', 'update-sent'], otherwise: ['forbidden'] },
  'receive UPDATE': { stable: ['offer', 'update-received'], ...CROSSING, otherwise: ['busy'] },
  'send 2xx of UPDATE': { 'update-received': ['answer', 'stable'], otherwise: ['forbidden'] },
  'receive 2xx of UPDATE': { 'update-sent': ['answer', 'stable'], otherwise: ['ignored'] },
  'send 2xx of UPDATE without SDP': { 'update-received': ['missing', 'stable'], otherwise: ['nothing'] },
  'receive 2xx of UPDATE without SDP': { 'update-sent': ['missing', 'stable'], otherwise: ['nothing'] },
  'send refusal of UPDATE': { 'update-received': ['nothing', 'stable'], otherwise: ['nothing'] },
  'receive refusal of UPDATE': { 'update-sent': ['nothing', 'stable'], otherwise: ['nothing'] },
};

/** What a message's SDP, or its absence, means now, and where it leads. */
export function offerAnswerStep(state: OfferAnswerState, event: OfferAnswerEvent): OfferAnswerStep {
  const row = OFFER_ANSWER[event];
  const [meaning, next = state] = row[state] ?? row.otherwise;
  return { meaning, next };
}
