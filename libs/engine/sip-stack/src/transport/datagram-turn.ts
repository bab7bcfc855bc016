import type { SipMessage } from '@carillon/sip-message';
import type { SipFlow, TransportReceiver } from './sip-flow.js';

/**
 * What one turn of the event loop has read from a socket (at most 32 datagrams, libuv) is handed up together, in the order in
 * which it came, once the turn has read it. Under load each of them then runs through code that the one before has just run:
 * between them come neither the reading of the next nor what was put off (promises), which runs together as well. At rest a
 * turn has one, which waits for nothing.
 */
export class DatagramTurn {
  private messages: SipMessage[] = [];
  private flows: SipFlow[] = [];
  private closed = false;

  constructor(private readonly receiver: Pick<TransportReceiver, 'message'>) {}

  add(message: SipMessage, flow: SipFlow): void {
    this.flows.push(flow);
    if (this.messages.push(message) === 1) setImmediate(this.handUp);
  }

  /** What was not handed up yet is lost, as it would be in the socket. */
  close(): void {
    this.closed = true;
  }

  private readonly handUp = (): void => {
    const { messages, flows } = this;
    this.messages = [];
    this.flows = [];
    for (let index = 0; index < messages.length && !this.closed; index += 1) {
      const [message, flow] = [messages[index], flows[index]];
      if (message !== undefined && flow !== undefined) this.receiver.message(message, flow);
    }
  };
}
