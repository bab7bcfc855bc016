import { buildRequest } from '@carillon/sip-message';
import type { HeaderLine } from '@carillon/sip-message';
import type { Dialog } from '../dialog/dialog.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from '../user-agent/core.js';
import { serverLines } from '../user-agent/core.js';

/** The ACK of one 2xx, sent again whenever the 2xx comes again (RFC 3261 §13.2.2.4). */
export class Acknowledgement {
  private sent: { bytes: Buffer; flow: SipFlow } | undefined;

  constructor(
    private readonly core: Core,
    private readonly dialog: Dialog,
    private readonly of: { sequence: number; authorization?: readonly HeaderLine[] },
  ) {}

  /** @param sdp our answer, when the 2xx brought an offer */
  send(sdp?: string): void {
    if (this.sent !== undefined) return;
    const { uri, nextHop } = this.dialog.routing;
    const branch = this.core.identifiers.branch();
    const bytes = (flow: SipFlow): Buffer =>
      buildRequest({
        method: 'ACK',
        uri,
        headers: [
          ['Via', this.core.transport.via(flow, branch)],
          ...this.dialog.headers('ACK', this.of.sequence),
          ...(this.of.authorization ?? []),
          ...serverLines(this.core.capabilities, 'User-Agent'),
          ...(sdp === undefined ? [] : [['Content-Type', 'application/sdp'] as const]),
        ],
        body: sdp,
      });
    const destination = { flow: this.dialog.flow, nextHop };
    this.core.sender.sendAck(bytes, destination, (flow) => {
      this.sent = { bytes: bytes(flow), flow };
    });
  }

  /** The 2xx came again. Nothing happens while the caller still owes the answer. */
  repeat(): void {
    this.sent?.flow.send(this.sent.bytes);
  }
}
