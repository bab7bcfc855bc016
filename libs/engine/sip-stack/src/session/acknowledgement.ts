import { buildRequest } from '@carillon/sip-message';
import type { HeaderLine } from '@carillon/sip-message';
import { ownMemory } from '../transaction/own-memory.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { serverLines } from '../user-agent/core.js';
import type { Session } from './session.js';

/** The ACK of one 2xx, sent again whenever the 2xx comes again (RFC 3261 §13.2.2.4). */
export class Acknowledgement {
  private sent: { bytes: Buffer; flow: SipFlow } | undefined;
  /** Finds the way anew; kept for connections alone, which may be gone when the 2xx comes again. */
  private route: ((hasFailed: boolean) => void) | undefined;
  /** Until it is sent: this outlives most sessions. */
  private session: Session | undefined;

  constructor(
    session: Session,
    private readonly of: { readonly sequence: number; readonly authorization?: readonly HeaderLine[] },
  ) {
    this.session = session;
  }

  /** @param sdp our answer, when the 2xx brought an offer; left out when it did not */
  send(sdp?: string): void {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    const { core, dialog, negotiation } = session;
    const meaning = sdp === undefined ? negotiation.take('send ACK without SDP') : negotiation.take('send ACK', sdp);
    const body = meaning === 'answer' ? sdp : undefined;
    const { uri, nextHop } = dialog.routing;
    const branch = core.identifiers.branch();
    const bytes = (flow: SipFlow): Buffer =>
      buildRequest({
        method: 'ACK',
        uri,
        headers: [
          ['Via', core.transport.via(flow, branch)],
          ...dialog.headers('ACK', this.of.sequence),
          ...(this.of.authorization ?? []),
          ...serverLines(core.capabilities, 'User-Agent'),
          ...(body === undefined ? [] : [['Content-Type', 'application/sdp'] as const]),
        ],
        body,
      });
    this.route = (hasFailed) => {
      const { flow: known, otherwise } = dialog;
      // Where nobody was there to take it, the connection that the INVITE went by may lead there all the same.
      const way = known ?? (hasFailed ? otherwise : undefined);
      core.sender.sendAck(bytes, { flow: way, nextHop, otherwise, secure: dialog.secureHops }, (sent, flow) => {
        this.sent = { bytes: ownMemory(sent), flow };
        if (!flow.reliable) this.route = undefined;
      });
    };
    this.route(false);
    // Who hears the 2xx keeps this for as long as it may come again; the session needs it no more.
    if (session.acknowledgement === this) session.acknowledgement = undefined;
    session.settled();
  }

  /** The 2xx came again. Nothing happens while the caller still owes the answer. */
  repeat(): void {
    const { sent } = this;
    if (sent?.flow.open === true) sent.flow.send(sent.bytes);
    // Its connection is gone, and with it perhaps the ACK.
    else this.route?.(true);
  }
}
