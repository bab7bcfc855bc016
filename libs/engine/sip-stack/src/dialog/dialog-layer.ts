import type { SipRequest } from '@carillon/sip-message';
import type { DialogId } from '../api/invite-session.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';

/** What lives on a dialog: a session, a subscription, or an INVITE that still rings. */
export interface DialogUsage {
  receive(transaction: ServerTransaction): void;
  /** ACK of a 2xx. */
  receiveAck(request: SipRequest): void;
  /** Ends politely, for closing down. */
  close(): Promise<unknown>;
}

/** Finds the usage that a request inside a dialog belongs to (RFC 3261 §12.2.2). */
export class DialogLayer {
  private readonly usages = new Map<string, DialogUsage>();

  /** @param removed told when a usage is over */
  constructor(private readonly removed: (id: DialogId, usage: DialogUsage) => void) {}

  get count(): number {
    return this.usages.size;
  }

  add(id: DialogId, usage: DialogUsage): void {
    this.usages.set(dialogKey(id.callId, id.localTag, id.remoteTag), usage);
  }

  /** Forgets the usage, unless another one has taken its place. */
  remove(id: DialogId, usage: DialogUsage): void {
    const key = dialogKey(id.callId, id.localTag, id.remoteTag);
    if (this.usages.get(key) !== usage) return;
    this.usages.delete(key);
    this.removed(id, usage);
  }

  find(callId: string, localTag: string, remoteTag: string): DialogUsage | undefined {
    return this.usages.get(dialogKey(callId, localTag, remoteTag));
  }

  findFor(request: SipRequest): DialogUsage | undefined {
    const { toTag } = request;
    // Without our tag it is in no dialog of ours.
    return toTag === undefined ? undefined : this.find(request.callId ?? '', toTag, request.fromTag ?? '');
  }

  all(): DialogUsage[] {
    return [...this.usages.values()];
  }
}

function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}|${localTag}|${remoteTag}`;
}
