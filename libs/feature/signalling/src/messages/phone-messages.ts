import { randomUUID } from 'node:crypto';
import type { UserId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import { parseUri } from '@carillon/sip-message';
import type { IncomingRequest } from '@carillon/sip-stack';
import type { Authenticate } from '../inbound/authenticate.js';
import type { Caller } from '../inbound/caller.js';
import { normaliseNumber } from '../routing/route-call.js';
import { userPart, watchedUser } from '../subscriptions/watched-user.js';
import { MESSAGE_TYPES, readMessageText } from './read-message-text.js';

/** RFC 3428 §8: larger ones do not travel outside a session, unless they come by what knows of congestion. */
const LONGEST_OVER_DATAGRAMS = 1300;
/** Characters that a chat takes. */
const LONGEST_TEXT = 8000;
/** Messages of one user within a minute: a phone is typed on by a person. */
const PER_MINUTE = 60;
const MINUTE_MS = 60_000;

export interface PhoneMessagesParts {
  readonly authenticate: Pick<Authenticate, 'check' | 'isOwnHost'>;
  readonly bus: Bus;
  readonly clock: Clock;
}

type Reader = { readonly ok: true; readonly userId: UserId } | { readonly ok: false; readonly reason: string };

const noReader = (reason: string): Reader => ({ ok: false, reason });

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
    const text = readMessageText(request.header('Content-Type'), request.body);
    if (text === undefined) {
      incoming.reply(415, { headers: { Accept: MESSAGE_TYPES } });
      return;
    }
    const body = text.trim();
    const isDatagram = incoming.source.protocol === 'udp';
    if (body.length > LONGEST_TEXT || (isDatagram && request.body.length > LONGEST_OVER_DATAGRAMS)) {
      incoming.reply(413);
      return;
    }
    const reader = this.readerAt(caller, request.uriText);
    if (!reader.ok) {
      incoming.reply(404, { reason: reader.reason });
      return;
    }
    if (body === '') {
      incoming.reply(200);
      return;
    }
    if (!this.admit(caller.user.userId)) {
      incoming.reply(503, { reason: 'Too many messages', headers: { 'Retry-After': '60' } });
      return;
    }
    const author = { organisationId: caller.directory.organisationId, userId: caller.user.userId };
    const opened = await bus.call('conversation.open', { ...author, memberIds: [reader.userId] });
    const { conversationId } = opened.ok ? opened.conversation : {};
    const kept =
      conversationId === undefined
        ? undefined
        : await bus.call('chat-message.send', { ...author, conversationId, body, clientToken: randomUUID() });
    // RFC 3428 §7: 202, since it may be read later.
    incoming.reply(kept?.ok === true ? 202 : 503);
  }

  /** A person, by their number: as a telephone number too, which is in no domain (RFC 3966). */
  private readerAt({ directory, user }: Caller, uriText: string): Reader {
    const uri = parseUri(uriText);
    const isTelephone = uri?.scheme === 'tel';
    if (!isTelephone && !this.parts.authenticate.isOwnHost(directory, uriText)) return noReader('Unknown domain');
    const dialled = isTelephone ? uri.number : userPart(uriText);
    const number = directory.numbers.get(normaliseNumber(dialled ?? ''));
    const userId = number?.kind === 'user' ? number.userId : watchedUser(directory, uriText)?.userId;
    if (userId === undefined || directory.users.get(userId)?.disabled !== false)
      return noReader(
        number === undefined || number.kind === 'user' ? 'Nobody has this number' : 'Messages go to people',
      );
    return userId === user.userId ? noReader('This is your own number') : { ok: true, userId };
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
