import { offerAnswerStep } from './offer-answer.machine.js';
import type { Meaning, OfferAnswerEvent, OfferAnswerState } from './offer-answer.machine.js';

/** Offers and answers of one dialog (RFC 3264): what is agreed, and what is open. Runs the offer-answer machine. */
export class Negotiation {
  /** Last agreed descriptions. */
  local: string | undefined;
  remote: string | undefined;
  /** Exchanges that were completed: tells whether something has changed since (RFC 6141 §3.3). */
  completed = 0;
  /** The offer that waits for its answer. */
  private open: string | undefined;
  /** The answer that an unreliable 1xx announced. */
  private preview: string | undefined;

  constructor(public state: OfferAnswerState = 'new') {}

  /** A dialog that comes up while an INVITE of ours waits, once for each fork. */
  static ofInvite(offer: string | undefined): Negotiation {
    const negotiation = new Negotiation(offer === undefined ? 'offerless-sent' : 'invite-sent');
    negotiation.open = offer;
    return negotiation;
  }

  /** Our last description: agreed, or offered when nothing is agreed yet. */
  get localOffered(): string | undefined {
    return this.local ?? (this.state.endsWith('-sent') ? this.open : undefined);
  }

  /** No exchange is open. */
  get idle(): boolean {
    return this.state === 'stable' || this.state === 'new';
  }

  /** What a message would mean now. */
  look(event: OfferAnswerEvent): Meaning {
    return offerAnswerStep(this.state, event).meaning;
  }

  /** A message was sent or came. @param sdp its description, for events that have one */
  take(event: OfferAnswerEvent, sdp?: string): Meaning {
    // RFC 3261 §13.2.1: the first description is the answer, so a 2xx that only forgot to repeat it lacks nothing.
    if (event === 'receive 2xx without SDP' && this.state === 'invite-sent' && this.preview !== undefined) {
      return this.take('receive 2xx', this.preview);
    }
    const { meaning, next } = offerAnswerStep(this.state, event);
    if (meaning === 'preview' && event === 'receive 1xx') this.preview ??= sdp;
    else if (meaning === 'offer') this.open = sdp;
    else if (meaning === 'answer') {
      const sent = event.startsWith('send');
      this.remote = sent ? this.open : sdp;
      this.local = sent ? sdp : this.open;
      this.completed += 1;
    }
    this.state = next;
    if (next !== 'stable') return meaning;
    this.open = undefined;
    this.preview = undefined;
    return meaning;
  }

  /** Back to what was agreed before (RFC 6141 §3.4). */
  restore(before: { local: string | undefined; remote: string | undefined }): void {
    this.local = before.local;
    this.remote = before.remote;
  }
}
