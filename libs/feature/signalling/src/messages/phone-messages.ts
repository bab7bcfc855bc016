import { randomUUID } from 'node:crypto';
import type { UserId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import { parseUri } from '@carillon/sip-message';
import type { IncomingRequest } from '@carillon/sip-stack';
import type { Authenticate } from '../inbound/authenticate.js';
import type { Caller } from '../inbound/caller.js';
import { normaliseNumber } from '../routing/route-call.js';

/** RFC 3428 §8: larger ones do not travel outside a session. */
const LONGEST_BODY = 1300;
/** Messages of one user within a minute: a phone is typed on by a person. */
const PER_MINUTE = 60;
const MINUTE_MS = 60_000;

export interface PhoneMessagesParts {
  readonly authenticate: Pick<Authenticate, 'check' | 'isOwnHost'>;
  readonly bus: Bus;
  readonly clock: Clock;
}

/** SIP messages outside calls (RFC 3428) from phones: they go into the chat of two. */
export class PhoneMessages {
  /** Who has sent how many since when. */
  private readonly sent = new Map<UserId, { since: number; count: number }>();

  constructor(private readonly parts: PhoneMessagesParts) {}

  /** A phone's message to a number becomes a chat message to whose number it is. */
  async receive(incoming: IncomingRequest): Promise<void> {
    const { authenticate, bus } = this.parts;
    const { request } = incoming;
    const authentication = await authenticate.check(incoming);
    if (!authentication.ok) {
      incoming.reply(authentication.status, authentication.options);
      return;
    }
    const { caller } = authentication;
    if (request.contentType !== 'text/plain') {
      incoming.reply(415, { headers: { Accept: 'text/plain' } });
      return;
    }
    const body = request.bodyText.trim();
    if (request.body.length > LONGEST_BODY) {
      incoming.reply(413);
      return;
    }
    const other = this.userAt(caller, request.uriText);
    if (other === undefined) {
      incoming.reply(404);
      return;
    }
    if (body === '') {
      incoming.reply(200);
      return;
    }
    if (!this.admit(caller.user.userId)) {
      incoming.reply(503, { headers: { 'Retry-After': '60' } });
      return;
    }
    const author = { organisationId: caller.directory.organisationId, userId: caller.user.userId };
    const opened = await bus.call('conversation.open', { ...author, memberIds: [other] });
    const { conversationId } = opened.ok ? opened.conversation : {};
    const kept =
      conversationId === undefined
        ? undefined
        : await bus.call('chat-message.send', { ...author, conversationId, body, clientToken: randomUUID() });
    // RFC 3428 §7: 202, since it may be read later.
    incoming.reply(kept?.ok === true ? 202 : 503);
  }

  private userAt({ directory, user }: Caller, uriText: string): UserId | undefined {
    if (!this.parts.authenticate.isOwnHost(directory, uriText)) return undefined;
    const uri = parseUri(uriText);
    if ((uri?.scheme !== 'sip' && uri?.scheme !== 'sips') || uri.user === undefined) return undefined;
    const target = directory.numbers.get(normaliseNumber(uri.user));
    if (target?.kind !== 'user' || target.userId === user.userId) return undefined;
    return directory.users.get(target.userId)?.disabled === false ? target.userId : undefined;
  }

  private admit(userId: UserId): boolean {
    const now = this.parts.clock.now();
    const before = this.sent.get(userId);
    if (before === undefined || now - before.since >= MINUTE_MS) {
      // Nobody who was quiet for a minute needs remembering.
      for (const [id, { since }] of this.sent) if (now - since >= MINUTE_MS) this.sent.delete(id);
      this.sent.set(userId, { since: now, count: 1 });
      return true;
    }
    before.count += 1;
    return before.count <= PER_MINUTE;
  }
}
