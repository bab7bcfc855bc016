import type { EventHeader, SipRequest } from '@carillon/sip-message';
import type { DialogId } from '../api/invite-session.js';
import type { Dialog } from '../dialog/dialog.js';
import type { DialogLayer } from '../dialog/dialog-layer.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Capabilities } from '../user-agent/core.js';
import { SubscriptionDialog } from './subscription-dialog.js';

/** One side of a subscription, in a dialog of its own or in one that a call made (RFC 6665 §4.5, RFC 5057). */
export interface SubscriptionUsage {
  readonly role: 'notifier' | 'subscriber';
  /** Whether a SUBSCRIBE or NOTIFY with this Event belongs to it (RFC 6665 §8.2.1). */
  matches(event: EventHeader): boolean;
  receive(transaction: ServerTransaction): void;
  /** Ends politely, for closing down. */
  close(): Promise<unknown>;
}

/** A SUBSCRIBE or REFER that went out: NOTIFYs with its Call-ID and our tag make its dialogs (RFC 6665 §4.4.1). */
export interface OpeningSubscription {
  matches(event: EventHeader): boolean;
  /** A NOTIFY in a dialog that is not known yet. */
  receiveFirst(transaction: ServerTransaction): void;
}

/** Event packages and transfers that one dialog may carry at once. */
const MAX_PER_DIALOG = 32;

/** Finds the subscription that a SUBSCRIBE or NOTIFY belongs to. */
export class SubscriptionLayer {
  private readonly byDialog = new Map<
    string,
    { dialog: Dialog; owner: SubscriptionDialog | undefined; usages: SubscriptionUsage[] }
  >();
  private readonly refers = new WeakMap<Dialog, number>();
  private readonly opening = new Map<string, OpeningSubscription>();

  constructor(
    private readonly dialogs: DialogLayer,
    private readonly capabilities: () => Capabilities,
  ) {}

  get count(): number {
    let count = 0;
    for (const { usages } of this.byDialog.values()) count += usages.length;
    return count;
  }

  all(): SubscriptionUsage[] {
    return [...this.byDialog.values()].flatMap(({ usages }) => usages);
  }

  /** Dialogs that live by subscriptions alone become known to the dialog layer too. */
  add(dialog: Dialog, usage: SubscriptionUsage): void {
    const key = keyOf(dialog.id);
    const known = this.byDialog.get(key);
    if (known !== undefined) {
      known.usages.push(usage);
      return;
    }
    const { callId, localTag, remoteTag } = dialog.id;
    const isFree = this.dialogs.find(callId, localTag, remoteTag) === undefined;
    const owner = isFree ? new SubscriptionDialog(dialog, this.capabilities) : undefined;
    if (owner !== undefined) this.dialogs.add(dialog.id, owner);
    this.byDialog.set(key, { dialog, owner, usages: [usage] });
  }

  remove(dialog: Dialog, usage: SubscriptionUsage): void {
    const key = keyOf(dialog.id);
    const known = this.byDialog.get(key);
    if (known === undefined) return;
    known.usages = known.usages.filter((other) => other !== usage);
    if (known.usages.length > 0) return;
    this.byDialog.delete(key);
    if (known.owner !== undefined) this.dialogs.remove(dialog.id, known.owner);
  }

  /** Whether the dialog has as many subscriptions as one peer may have in it. */
  isFull(dialog: Dialog): boolean {
    return (this.byDialog.get(keyOf(dialog.id))?.usages.length ?? 0) >= MAX_PER_DIALOG;
  }

  open(callId: string, localTag: string, subscription: OpeningSubscription): void {
    this.opening.set(`${callId}|${localTag}`, subscription);
  }

  settle(callId: string, localTag: string): void {
    this.opening.delete(`${callId}|${localTag}`);
  }

  /** How many REFERs came in this dialog before this one. */
  countRefer(dialog: Dialog): number {
    const earlier = this.refers.get(dialog) ?? 0;
    this.refers.set(dialog, earlier + 1);
    return earlier;
  }

  /** Hands a SUBSCRIBE or NOTIFY inside a dialog to its subscription. @returns false when it has none */
  receive(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    if (request.method !== 'SUBSCRIBE' && request.method !== 'NOTIFY') return false;
    const { event } = request;
    if (event === undefined || request.toTag === undefined) return false;
    const usage = this.find(request, event);
    if (usage !== undefined) {
      usage.receive(transaction);
      return true;
    }
    if (request.method !== 'NOTIFY') return false;
    const opening = this.opening.get(`${request.callId ?? ''}|${request.toTag}`);
    if (opening?.matches(event) !== true) return false;
    opening.receiveFirst(transaction);
    return true;
  }

  private find(request: SipRequest, event: EventHeader): SubscriptionUsage | undefined {
    const key = `${request.callId ?? ''}|${request.toTag ?? ''}|${request.fromTag ?? ''}`;
    const role = request.method === 'SUBSCRIBE' ? 'notifier' : 'subscriber';
    return this.byDialog.get(key)?.usages.find((usage) => usage.role === role && usage.matches(event));
  }
}

function keyOf({ callId, localTag, remoteTag }: DialogId): string {
  return `${callId}|${localTag}|${remoteTag}`;
}
