import type { HeaderFields } from '../api/header-fields.js';
import type { Referral } from '../api/refer.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import { endedFailure } from '../request-failure.js';
import type { Notifier } from '../subscription/notifier.js';
import { FRAGMENT_TYPE, buildStatusFragment } from './status-fragment.js';

/** The implicit subscription of one REFER, as referee (RFC 3515 §2.4.4). */
export class ReferralProgress implements Referral {
  /** @param notifier undefined when the referrer wants no news */
  constructor(private readonly notifier: Notifier | undefined) {
    notifier?.on('ended', () => this.last);
  }

  private last = { contentType: FRAGMENT_TYPE, body: buildStatusFragment(100) };

  get state(): Referral['state'] {
    if (this.notifier === undefined) return 'silent';
    return this.notifier.state === 'terminated' ? 'ended' : 'active';
  }

  notify(status: number, options: { reason?: string; headers?: HeaderFields } = {}): Promise<RequestOutcome> {
    if (this.notifier === undefined) return Promise.resolve(endedFailure());
    const content = { contentType: FRAGMENT_TYPE, body: buildStatusFragment(status, options) };
    this.last = content;
    // RFC 3515 §2.4.7: the resource is the state of the request, which is gone with its final response.
    return status < 200 ? this.notifier.notify(content) : this.notifier.terminate('noresource', content);
  }
}
