import type { SipRequest, SipResponse } from '@carillon/sip-message';
import { COMPLETED_ELSEWHERE } from '../completed-elsewhere.js';
import { UnwantedAnswers } from '../user-agent/unwanted-answers.js';
import type { ForwardParts } from './forward-request.js';
import type { ProxyBranch } from './proxy-branch.js';

/**
 * Phones that answer after we have become the user agent of the call ourselves, e.g. its mailbox. The caller has its answer
 * from us, so theirs does not go back as RFC 3261 §16.7 item 5 would have it, and nobody else would ever end their calls.
 */
export class LateAnswers {
  private readonly answers: UnwantedAnswers | undefined;
  private readonly recordRoutes: number;

  constructor(
    private readonly parts: Pick<ForwardParts, 'core' | 'recordRoute'>,
    request: SipRequest,
  ) {
    const { from: local, callId = '', cseq } = request;
    this.recordRoutes = request.values('Record-Route').length;
    const invite = { callId, sequence: cseq?.sequence ?? 1, reason: COMPLETED_ELSEWHERE };
    this.answers = local === undefined ? undefined : new UnwantedAnswers(parts.core, { ...invite, local });
  }

  /** @param response a 2xx */
  take(response: SipResponse, { target, sending }: ProxyBranch): void {
    const by = sending?.flow;
    this.answers?.take(response, {
      target: target.uri,
      flow: target.flow === undefined ? undefined : by,
      dialled: by?.reliable === true ? by : undefined,
      routeSet: this.parts.recordRoute.beyond(response, this.recordRoutes),
    });
  }
}
