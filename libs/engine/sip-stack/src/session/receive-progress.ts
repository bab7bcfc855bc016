import { parseDeltaSeconds, sessionDescription } from '@carillon/sip-message';
import type { SipResponse } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import type { InviteProgress, InviteSession, PrackOutcome } from '../api/invite-session.js';
import { headerLines } from '../header-lines.js';
import { endedFailure } from '../request-failure.js';
import type { LocalInvite } from './local-invite.js';
import type { Session } from './session.js';

/** Most PRACKs of one dialog that wait for their answer; what is not acknowledged comes again (RFC 3262 §3). */
const MAX_OPEN_PRACKS = 8;

type Handler = ((response: SipResponse, sdp: string | undefined, about: InviteProgress) => void) | undefined;

/** A 1xx that has no To tag, and so belongs to no dialog. */
export const DIALOGLESS_PROGRESS: InviteProgress = {
  dialog: undefined,
  dialogTag: '',
  reliable: false,
  meaning: undefined,
  acknowledge: () => Promise.resolve(endedFailure()),
};

/**
 * A 1xx above 100 in a dialog of one of our INVITEs, first or later. One sent reliably is taken once and in order and gets its PRACK
 * (RFC 3262 §4); the rest goes to the handler as it comes.
 */
export function receiveProgress(
  session: Session,
  invite: LocalInvite,
  about: { response: SipResponse; handler: Handler },
): void {
  const { response, handler } = about;
  const reliable = isReliable(response);
  const rseq = reliable ? rseqOf(response) : undefined;
  if (reliable) {
    if (session.openPracks >= MAX_OPEN_PRACKS) return;
    // Repeated, out of order, or without a number: neither taken nor acknowledged.
    if (rseq === undefined || (invite.rseq !== 0 && rseq !== invite.rseq + 1)) return;
    invite.rseq = rseq;
    // RFC 6141 §4.7: only a reliable one moves the target of a dialog that is there already.
    session.dialog.refreshTarget(response);
  }
  session.learn(response);
  const sdp = sessionDescription(response);
  const meaning =
    sdp === undefined ? undefined : session.negotiation.take(reliable ? 'receive reliable 1xx' : 'receive 1xx', sdp);
  const used = meaning === 'offer' || meaning === 'answer' || meaning === 'preview' ? meaning : undefined;
  const progress = new ReceivedProgress(session, { response, meaning: used, rseq, sequence: invite.sequence });
  handler?.(response, used === undefined ? undefined : sdp, progress);
  if (reliable && (handler === undefined || used !== 'offer')) void progress.acknowledge();
}

/** One provisional response in a dialog. */
class ReceivedProgress implements InviteProgress {
  readonly meaning: InviteProgress['meaning'];
  private acknowledged = false;

  constructor(
    private readonly session: Session,
    private readonly of: {
      response: SipResponse;
      meaning: InviteProgress['meaning'];
      rseq: number | undefined;
      sequence: number;
    },
  ) {
    this.meaning = of.meaning;
  }

  get dialog(): InviteSession {
    return this.session;
  }

  get dialogTag(): string {
    return this.of.response.toTag ?? '';
  }

  get reliable(): boolean {
    return this.of.rseq !== undefined;
  }

  acknowledge(options: { sdp?: string; headers?: HeaderFields } = {}): Promise<PrackOutcome> {
    const { rseq, sequence } = this.of;
    if (this.acknowledged || rseq === undefined) return Promise.resolve(endedFailure());
    this.acknowledged = true;
    return sendPrack(this.session, `${rseq} ${sequence} INVITE`, options);
  }
}

/** PRACK with what it may carry (RFC 3262 §5): an answer, or a further offer. */
async function sendPrack(
  session: Session,
  rack: string,
  options: { sdp?: string; headers?: HeaderFields },
): Promise<PrackOutcome> {
  if (session.state === 'ended') return endedFailure();
  const { negotiation } = session;
  const meaning =
    options.sdp === undefined
      ? negotiation.take('send PRACK without SDP')
      : negotiation.take('send PRACK', options.sdp);
  const body = meaning === 'offer' || meaning === 'answer' ? options.sdp : undefined;
  session.openPracks += 1;
  const outcome = await session.request({
    method: 'PRACK',
    headers: [['RAck', rack], ...headerLines(options.headers)],
    body,
  });
  session.openPracks -= 1;
  if (!outcome.ok) {
    if (meaning === 'offer') negotiation.take('receive refusal of PRACK');
    session.settled();
    // RFC 6337 §2.3: the offer was not liked, but the response still wants its PRACK.
    if (meaning === 'offer' && outcome.cause === 'response' && outcome.status === 488) {
      void sendPrack(session, rack, {});
    }
    return outcome;
  }
  const answer = sessionDescription(outcome.response);
  const answered =
    answer === undefined
      ? negotiation.take('receive 2xx of PRACK without SDP')
      : negotiation.take('receive 2xx of PRACK', answer);
  session.settled();
  return { ...outcome, sdp: answered === 'answer' ? answer : undefined };
}

/** RFC 3262 §4: 100 is never reliable, whatever it says. */
function isReliable(response: SipResponse): boolean {
  return response.status > 100 && response.lists('Require', '100rel');
}

function rseqOf(response: SipResponse): number | undefined {
  const rseq = parseDeltaSeconds(response.header('RSeq')?.trim() ?? '');
  return rseq === undefined || rseq === 0 ? undefined : rseq;
}
