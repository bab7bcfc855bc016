import { parseDeltaSeconds, sessionDescription } from '@carillon/sip-message';
import type { HeaderLine } from '@carillon/sip-message';
import type { IncomingPrack } from '../api/invite-session.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { serverLines } from '../user-agent/core.js';
import { guarded } from './guarded.js';
import { ReceivedOffer } from './received-offer.js';
import type { Session } from './session.js';

/** PRACK of the peer (RFC 3262 §3): it must name the reliable 1xx that waits, and may bring an answer or a further offer (§5). */
export function receivePrack(session: Session, transaction: ServerTransaction): void {
  const { request } = transaction;
  const { reliable, negotiation, core } = session;
  const rack = parseRack(request.header('RAck'));
  if (rack === undefined) {
    transaction.respond(400, { reason: 'Missing or malformed RAck' });
    return;
  }
  if (reliable?.matches(rack) !== true) {
    transaction.respond(481);
    return;
  }
  const description = sessionDescription(request);
  const event = description === undefined ? 'receive PRACK without SDP' : 'receive PRACK';
  if (negotiation.look(event) === 'busy') {
    transaction.respond(500, { headers: [['Retry-After', String(core.identifiers.below(11))]] });
    return;
  }
  const meaning = negotiation.take(event, description);
  const prack = new ReceivedPrack(session, transaction, {
    offer: meaning === 'offer' ? description : undefined,
    answer: meaning === 'answer' ? description : undefined,
  });
  if (meaning === 'offer') {
    guarded(session, transaction, () => {
      if (session.emit('prack', prack)) return;
      if (description === session.remoteSdp) prack.accept();
      else prack.reject(488);
    });
    return;
  }
  prack.accept();
  guarded(session, transaction, () => session.emit('prack', prack));
}

class ReceivedPrack extends ReceivedOffer implements IncomingPrack {
  readonly answer: string | undefined;

  constructor(
    session: Session,
    transaction: ServerTransaction,
    sdp: { offer: string | undefined; answer: string | undefined },
  ) {
    super(session, transaction, { method: 'PRACK', offer: sdp.offer, completedBefore: 0 });
    this.answer = sdp.answer;
  }

  override accept(options: Parameters<ReceivedOffer['accept']>[0] = {}): void {
    if (this.answered) return;
    super.accept(options);
    // Only now: a PRACK that is refused leaves its response waiting.
    this.session.reliable?.acknowledged();
  }

  /** A PRACK moves no target and has no Contact. */
  protected override successLines(): readonly HeaderLine[] {
    return serverLines(this.session.core.capabilities, 'Server');
  }
}

/** `response-num CSeq-num Method` (RFC 3262 §7.2). */
function parseRack(text: string | undefined): { rseq: number; sequence: number; method: string } | undefined {
  const parts = text?.trim().split(/\s+/) ?? [];
  const [first, second, method] = parts;
  if (parts.length !== 3 || first === undefined || second === undefined || method === undefined) return undefined;
  const rseq = parseDeltaSeconds(first);
  const sequence = parseDeltaSeconds(second);
  return rseq === undefined || sequence === undefined ? undefined : { rseq, sequence, method };
}
