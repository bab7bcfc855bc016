import type { EventPayload } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { DeviceId, MailboxId, OrganisationId, UserId } from '@carillon/domain';
import { parseUri, sipUri } from '@carillon/sip-message';
import type { Logger } from '@carillon/service-runtime';
import type { IncomingSubscribe, NotifierSubscription } from '@carillon/sip-stack';
import type { Authenticate } from '../inbound/authenticate.js';
import type { Caller } from '../inbound/caller.js';
import { LIMITS } from '../limits.js';
import type { Directory } from '../routing/directory.js';
import { copiedWatcher, type CopiedWatcher } from './watcher-copy.js';
import { buildMessageSummary, MESSAGE_SUMMARY_TYPE, type MailboxCounts } from './message-summary.js';

interface Lamp {
  readonly subscription: NotifierSubscription;
  readonly organisationId: OrganisationId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  /** Of the device that subscribed. */
  readonly sipUsername: string;
  readonly mailboxId: MailboxId;
  readonly account: string;
}

export type LampCopy = Omit<Lamp, 'subscription'>;

/** Message waiting lamps of phones (RFC 3842): each phone sees its own user's mailbox only. */
export class MessageLamps {
  private readonly byMailbox = new Map<MailboxId, Set<Lamp>>();
  private count = 0;
  /** Told of each that begins, here or anew. */
  onBegun: ((watcher: CopiedWatcher) => void) | undefined;

  constructor(
    private readonly authenticate: Pick<Authenticate, 'check' | 'isOwnHost'>,
    private readonly bus: Bus,
    private readonly logger: Logger,
  ) {}

  /** SUBSCRIBE outside a dialog. */
  async receiveSubscribe(incoming: IncomingSubscribe): Promise<void> {
    const authentication = await this.authenticate.check(incoming);
    if (!authentication.ok) {
      incoming.reply(authentication.status, authentication.options);
      return;
    }
    const { caller } = authentication;
    const { mailboxId } = caller.user;
    const { uriText } = incoming.request;
    if (!this.authenticate.isOwnHost(caller.directory, uriText)) incoming.reply(404, { reason: 'Unknown domain' });
    else if (!isOwnMailbox(caller, uriText)) incoming.reply(403, { reason: 'Not your mailbox' });
    else if (mailboxId === null) incoming.reply(404, { reason: 'No mailbox' });
    else if (this.isFull(mailboxId))
      incoming.reply(503, { reason: 'Too many subscriptions', headers: { 'Retry-After': '60' } });
    else await this.accept(incoming, caller, mailboxId);
  }

  /** Whether nothing more may be subscribed. What phones left behind with connections that are gone makes room. */
  private isFull(mailboxId: MailboxId): boolean {
    if (!this.isAtLimit(mailboxId)) return false;
    for (const lamp of [...(this.byMailbox.get(mailboxId) ?? [])])
      if (!lamp.subscription.reachable) {
        this.remove(lamp);
        void lamp.subscription.terminate('deactivated');
      }
    return this.isAtLimit(mailboxId);
  }

  private isAtLimit(mailboxId: MailboxId): boolean {
    const own = this.byMailbox.get(mailboxId)?.size ?? 0;
    return this.count >= LIMITS.subscriptions || own >= LIMITS.subscriptionsPerMailbox;
  }

  private async accept(incoming: IncomingSubscribe, caller: Caller, mailboxId: MailboxId): Promise<void> {
    const { organisationId, sipDomain } = caller.directory;
    const counts = await this.countsOf(organisationId, mailboxId);
    if (counts === undefined) {
      incoming.reply(503, { headers: { 'Retry-After': '10' } });
      return;
    }
    const subscription = incoming.accept();
    const account = sipUri({ user: caller.user.extension ?? caller.device.sipUsername, host: sipDomain });
    const { userId } = caller.user;
    const { deviceId, sipUsername } = caller.device;
    const lamp: Lamp = { subscription, organisationId, userId, deviceId, sipUsername, mailboxId, account };
    this.begin(lamp);
    this.show(lamp, counts);
  }

  *copied(): Iterable<CopiedWatcher> {
    for (const lamps of this.byMailbox.values()) for (const lamp of lamps) yield copied(lamp);
  }

  /** Goes on with a subscription of another process. */
  resume(subscription: NotifierSubscription, copy: LampCopy): void {
    const lamp: Lamp = { ...copy, subscription };
    this.begin(lamp);
    void this.refresh(lamp);
  }

  private begin(lamp: Lamp): void {
    const { subscription } = lamp;
    this.add(lamp);
    this.onBegun?.(copied(lamp));
    subscription.on('refreshed', () => void this.refresh(lamp));
    subscription.on('ended', () => this.remove(lamp));
  }

  /** `mailbox.changed` */
  changed({ mailboxId, newCount, oldCount }: EventPayload<'mailbox.changed'>): void {
    for (const lamp of this.byMailbox.get(mailboxId) ?? []) this.show(lamp, { newCount, oldCount });
  }

  /**
   * The user may not use the system any more, or that one device of theirs. Refreshes within a subscription are not
   * challenged, so it would go on for ever otherwise.
   */
  endOf(userId: UserId, sipUsername?: string): void {
    for (const lamp of [...this.byMailbox.values()].flatMap((lamps) => [...lamps]))
      if (lamp.userId === userId && (sipUsername ?? lamp.sipUsername) === lamp.sipUsername) {
        this.remove(lamp);
        void lamp.subscription.terminate('rejected');
      }
  }

  /** A mailbox that was taken away has no lamps any more. */
  keepTo({ organisationId, mailboxes }: Pick<Directory, 'organisationId' | 'mailboxes'>): void {
    for (const lamp of [...this.byMailbox.values()].flatMap((lamps) => [...lamps]))
      if (lamp.organisationId === organisationId && mailboxes.get(lamp.mailboxId) !== lamp.userId) {
        this.remove(lamp);
        // RFC 6665 §4.1.3: there is nothing to be subscribed to any more, so trying again is of no use.
        void lamp.subscription.terminate('noresource');
      }
  }

  private async refresh(lamp: Lamp): Promise<void> {
    const counts = await this.countsOf(lamp.organisationId, lamp.mailboxId);
    if (counts !== undefined) this.show(lamp, counts);
  }

  private show({ subscription, account }: Lamp, counts: MailboxCounts): void {
    if (subscription.state === 'terminated') return;
    void subscription.notify({ contentType: MESSAGE_SUMMARY_TYPE, body: buildMessageSummary(account, counts) });
  }

  private async countsOf(organisationId: OrganisationId, mailboxId: MailboxId): Promise<MailboxCounts | undefined> {
    try {
      const answer = await this.bus.call('mailbox.counts', { organisationId, mailboxId });
      return answer.ok ? answer : undefined;
    } catch (error) {
      this.logger.error({ error, mailboxId }, 'Cannot count the messages of a mailbox');
      return undefined;
    }
  }

  private add(lamp: Lamp): void {
    const lamps = this.byMailbox.get(lamp.mailboxId) ?? new Set();
    this.byMailbox.set(lamp.mailboxId, lamps.add(lamp));
    this.count += 1;
  }

  private remove(lamp: Lamp): void {
    const lamps = this.byMailbox.get(lamp.mailboxId);
    if (lamps?.delete(lamp) !== true) return;
    this.count -= 1;
    if (lamps.size === 0) this.byMailbox.delete(lamp.mailboxId);
  }
}

function copied(lamp: Lamp): CopiedWatcher {
  const { organisationId, userId, deviceId, sipUsername, mailboxId, account } = lamp;
  const copy: LampCopy = { organisationId, userId, deviceId, sipUsername, mailboxId, account };
  return copiedWatcher(lamp.subscription, copy);
}

/** Phones subscribe to their own address of record, or to the voicemail number. */
function isOwnMailbox({ device, user, directory }: Caller, uriText: string): boolean {
  const uri = parseUri(uriText);
  if ((uri?.scheme !== 'sip' && uri?.scheme !== 'sips') || uri.user === undefined) return false;
  if (uri.user === device.sipUsername || uri.user === user.extension) return true;
  return directory.numbers.get(uri.user)?.kind === 'voicemail';
}
