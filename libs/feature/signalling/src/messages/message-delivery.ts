import type { EventPayload } from '@carillon/contracts';
import type { Logger } from '@carillon/service-runtime';
import { buildNameAddress, sipUri } from '@carillon/sip-message';
import type { UserAgent } from '@carillon/sip-stack';
import type { Binding } from '../registrar/binding.js';
import { chooseFlows } from '../registrar/choose-flows.js';
import { reachBinding, type BindingTarget } from '../registrar/reach-binding.js';
import type { Registrar } from '../registrar/registrar.js';
import type { Directories } from '../routing/directories.js';
import { fitMessage } from './fit-message.js';
import { takesMessages } from './takes-messages.js';

/** Phones of one person that a chat message goes to at most. */
const MOST_PHONES = 5;
/** Messages that wait for one phone at most; what is too much stays in the chat alone. */
const MOST_WAITING = 20;
/** Octets of text: RFC 3428 §8 allows a request 1300 where congestion may not be heard of; headers take the rest. */
const LONGEST_OVER_DATAGRAMS = 800;
/** Straight to the phone over a stream nothing is lost; phones have small memories. */
const LONGEST_OVER_STREAMS = 4_000;
/** No such method, no such body, not acceptable here, not implemented (RFC 3428 §7, RFC 3261 §21): asking again is no use. */
const REFUSALS: ReadonlySet<number> = new Set([405, 415, 488, 501]);

export interface MessageDeliveryParts {
  readonly userAgent: Pick<UserAgent, 'request' | 'flow' | 'addresses'>;
  readonly directories: Pick<Directories, 'of'>;
  readonly registrar: Pick<Registrar, 'ofUser'>;
  readonly logger: Logger;
  /** Whether messages to this person are sent by this process, where there are several; left out, all are. */
  readonly owns?: (userId: string) => boolean;
}

interface OutgoingMessage {
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

export interface Delivered {
  /** Resolves when each phone has answered, or has not in time. */
  readonly answered: Promise<void>;
}

/** What is on its way to one phone. */
interface Queue {
  last: Promise<void>;
  waiting: number;
}

/** Chat messages to phones (RFC 3428). A phone that does not say whether it takes them is asked by the first one. */
export class MessageDelivery {
  /** Those that turned one down, for as long as they stay registered. */
  private readonly refused = new WeakSet<Binding>();
  private readonly queues = new WeakMap<Binding, Queue>();

  constructor(private readonly parts: MessageDeliveryParts) {}

  /**
   * A message of a chat of two goes to the other's phones that take such. Resolves when it has its place behind the ones
   * before it, and waits for no answer: the bus tells of the next message only then, and a phone that has gone is silent for
   * half a minute (Timer F, RFC 3261 §17.1.2.2), in which everybody else's would stand still.
   */
  async deliver(event: EventPayload<'chat-message.sent'>): Promise<Delivered> {
    const deliveries = await this.enqueue(event);
    const answered = Promise.all(deliveries).then(
      () => undefined,
      (error: unknown) => this.parts.logger.error({ error }, 'A message cannot be sent to a phone'),
    );
    return { answered };
  }

  private async enqueue({
    organisationId,
    memberIds,
    message,
  }: EventPayload<'chat-message.sent'>): Promise<Promise<void>[]> {
    const { authorId, body } = message;
    // A group's talk belongs on a screen.
    if (authorId === null || memberIds.length !== 2) return [];
    const { owns } = this.parts;
    const readers = memberIds.filter((id) => id !== authorId && owns?.(id) !== false);
    const phones = readers.flatMap((id) => this.phonesOf(id));
    if (phones.length === 0) return [];
    const directory = await this.parts.directories.of(organisationId);
    const author = directory?.users.get(authorId);
    if (directory === undefined || author === undefined || author.extension === null) return [];
    const { displayName, extension } = author;
    const from = buildNameAddress({ displayName, uri: sipUri({ user: extension, host: directory.sipDomain }) });
    return phones.map((flows) => {
      const to = `<${sipUri({ user: flows[0].device.sipUsername, host: directory.sipDomain })}>`;
      return this.inTurn(flows[0], () => this.send(flows, { from, to, body }));
    });
  }

  private phonesOf(userId: Parameters<Registrar['ofUser']>[0]): (readonly [Binding, ...Binding[]])[] {
    const able = this.parts.registrar.ofUser(userId).filter((binding) => takesMessages(binding) !== 'no');
    return chooseFlows(able)
      .filter((flows) => !flows.some((binding) => this.refused.has(binding)))
      .slice(0, MOST_PHONES);
  }

  /** RFC 3428 §8: the next one to a phone starts when the one before is answered. */
  private async inTurn(binding: Binding, work: () => Promise<void>): Promise<void> {
    const queue = this.queues.get(binding) ?? { last: Promise.resolve(), waiting: 0 };
    if (queue.waiting >= MOST_WAITING) return;
    this.queues.set(binding, queue);
    queue.waiting += 1;
    const turn = queue.last.then(work);
    queue.last = turn.then(
      () => undefined,
      () => undefined,
    );
    try {
      await turn;
    } finally {
      queue.waiting -= 1;
    }
  }

  /** By the newest of the phone's flows that is there (RFC 5626 §7). */
  private async send(flows: readonly Binding[], { from, to, body }: OutgoingMessage): Promise<void> {
    const { userAgent, logger } = this.parts;
    for (const binding of flows) {
      if (this.refused.has(binding)) return;
      const reach = reachBinding(userAgent, binding);
      if (reach === undefined) continue;
      const text = fitMessage(body, isStream(reach) ? LONGEST_OVER_STREAMS : LONGEST_OVER_DATAGRAMS);
      const request = { method: 'MESSAGE', ...reach, from, to, contentType: 'text/plain', body: text };
      const { status } = await userAgent.request(request);
      if (status < 300) return;
      if (REFUSALS.has(status)) this.refused.add(binding);
      logger.debug({ status, device: binding.device.deviceName }, 'A phone did not take a message');
      // Only a way that leads nowhere is a reason to try the next one.
      if (status !== 408 && status !== 430 && status !== 503) return;
    }
  }
}

function isStream({ flow }: BindingTarget): boolean {
  return flow !== undefined && flow.protocol !== 'udp';
}
