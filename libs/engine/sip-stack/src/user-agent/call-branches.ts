import type { SipResponse } from '@carillon/sip-message';
import type { SessionEnd } from '../api/invite-session.js';
import type { Acknowledgement } from '../session/acknowledgement.js';
import type { Session } from '../session/session.js';
import type { Core } from './core.js';

/** Most early dialogs of one call, and most 2xx: more branches than any sensible fork has. */
const MAX_BRANCHES = 32;

/**
 * The branches of one call going out, by their To tags (RFC 3261 §12.1.2, §13.2.2.4): early dialogs, those whose 2xx may
 * come again, and their ACKs. A callee that makes up tags without end gets no further: each 2xx costs an ACK and a BYE.
 */
export class CallBranches {
  private dialogs: Map<string, Session> | undefined;
  private acknowledgements: Map<string, Acknowledgement> | undefined;

  constructor(
    private readonly core: Core,
    private readonly callId: string,
  ) {}

  get early(): Session[] {
    return [...(this.dialogs?.values() ?? [])].filter(({ state }) => state === 'early');
  }

  find(tag: string): Session | undefined {
    return this.dialogs?.get(tag);
  }

  /** The ACK of the 2xx with this tag, for as long as that may come again. */
  acknowledgement(tag: string): Acknowledgement | undefined {
    return this.acknowledgements?.get(tag);
  }

  /** The branch is early no more; its session may end long before its 2xx can come no more. */
  acknowledge(tag: string, acknowledgement: Acknowledgement): void {
    (this.acknowledgements ??= new Map()).set(tag, acknowledgement);
    this.dialogs?.delete(tag);
  }

  /** Makes the dialog of a response. @returns undefined when there are too many */
  open(response: SipResponse, make: (response: SipResponse) => Session): Session | undefined {
    const { core } = this;
    this.dialogs ??= new Map();
    const full =
      response.status < 200
        ? this.dialogs.size >= MAX_BRANCHES || core.dialogs.count >= core.limits.maxDialogs
        : (this.acknowledgements?.size ?? 0) >= MAX_BRANCHES;
    if (full) {
      core.logger.warn({ callId: this.callId, status: response.status }, 'Too many branches of one call');
      return undefined;
    }
    const session = make(response);
    this.dialogs.set(response.toTag ?? '', session);
    return session;
  }

  /** §12.3: a final failure ends every early dialog. */
  endEarly(end: SessionEnd): void {
    for (const session of this.dialogs?.values() ?? []) if (session.state === 'early') session.end(end);
  }

  forget(): void {
    this.dialogs = undefined;
    this.acknowledgements = undefined;
  }
}
