import {
  commands,
  events,
  type CommandInput,
  type CommandName,
  type CommandOutput,
  type CommandPayload,
  type EventName,
  type EventPayload,
} from '@carillon/contracts';
import { CodedError, isCodedError, type Logger } from '@carillon/service-runtime';
import { z } from 'zod';
import { Bus } from './bus.js';
import { deepFreeze } from './deep-freeze.js';
import { fillInFor, type FillIn } from './fill-in.js';
import { isPlain } from './is-plain.js';
import { isTrusted } from './trusted-words.js';
import type { CallOptions, CommandHandler, EventHandler, EventInput, HandleOptions } from './bus.js';
import type { BusTransport, WireReply } from './bus-transport.js';
import { OrderedQueue, type EventTaker } from './ordered-queue.js';

const DEFAULT_TIMEOUT_MS = 10_000;

function invalid(what: string, error: z.ZodError): CodedError {
  return new CodedError('BUS.INVALID', `${what} does not fit its schema: ${z.prettifyError(error)}`, error.issues);
}

/** Checked against its schema, which makes a copy. @throws {CodedError} `BUS.INVALID` */
function received(what: string, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(what, result.error);
  return result.data;
}

export interface TypedBusOptions {
  /** Among processes of the same code, what `isTrusted` names passes as it is: neither checked nor copied nor frozen. */
  readonly trustsOwnWords?: boolean;
}

const commandSubject = (name: CommandName, ownerId?: string): string =>
  ownerId === undefined ? `command.${name}` : `command.${name}@${ownerId}`;
const eventSubject = (name: EventName): string => `event.${name}`;

/** The bus over any transport: schemas, error codes, order of delivery. */
export class TypedBus extends Bus {
  private readonly queues = new Set<OrderedQueue>();
  private readonly trusts: boolean;
  private closed = false;

  constructor(
    private readonly transport: BusTransport,
    private readonly logger: Logger,
    { trustsOwnWords = false }: TypedBusOptions = {},
  ) {
    super();
    this.trusts = trustsOwnWords && transport.sameCode;
  }

  async call<Name extends CommandName>(
    name: Name,
    payload: CommandInput<Name>,
    { ownerId, timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions = {},
  ): Promise<CommandOutput<Name>> {
    if (this.closed) throw new CodedError('BUS.CLOSED', `The bus is closed: ${name} was not asked`);
    const subject = commandSubject(name, ownerId);
    const { input: asked, output } = commands[name];
    const input = this.sent(name, asked, payload);
    const asking = this.transport.request(subject, input, timeoutMs);
    // Most are answered at once.
    const reply = asking instanceof Promise ? await asking : asking;
    if (reply === undefined) throw new CodedError('BUS.NO_HANDLER', `Nobody handles ${subject}`);
    if (!reply.ok) throw new CodedError(reply.code, reply.message, reply.details);
    // The handler's side has checked and copied it.
    if (this.transport.inProcess || this.passesAsItIs(name, output)) return reply.value as CommandOutput<Name>;
    return received(`The answer to ${name}`, output, reply.value) as CommandOutput<Name>;
  }

  handle<Name extends CommandName>(
    name: Name,
    handler: CommandHandler<Name>,
    { ownerId }: HandleOptions = {},
  ): () => void {
    const { input, output } = commands[name];
    const take = this.taking(`The payload of ${name}`, name, input);
    const give = this.taking(`The answer to ${name}`, name, output);
    const told = (answer: unknown): WireReply => ({ ok: true, value: give(answer) });
    const failed = (error: unknown): WireReply => this.failure(name, error);
    const toldLate = async (answer: Promise<unknown>): Promise<WireReply> => {
      try {
        return told(await answer);
      } catch (error) {
        return failed(error);
      }
    };
    return this.transport.respond(commandSubject(name, ownerId), (wire) => {
      try {
        const answer = handler(take(wire) as CommandPayload<Name>);
        // Most are answered at once: no promise is made for those.
        return answer instanceof Promise ? toldLate(answer) : told(answer);
      } catch (error) {
        return failed(error);
      }
    });
  }

  publish<Name extends EventName>(name: Name, payload: EventInput<Name>): void {
    if (this.closed) {
      this.logger.debug({ event: name }, 'Event after the bus was closed: nobody hears it');
      return;
    }
    const subject = eventSubject(name);
    if (!this.transport.mayBeHeard(subject)) return;
    if (this.passesAsItIs(name, events[name])) {
      this.transport.send(subject, payload);
      return;
    }
    const event = received(`The event ${name}`, events[name], payload);
    this.transport.send(subject, this.transport.inProcess ? deepFreeze(event) : event);
  }

  subscribe<Name extends EventName>(names: Name | readonly Name[], handler: EventHandler<Name>): () => void {
    const list = typeof names === 'string' ? [names] : names;
    const take: EventTaker = (event, name) => handler(event as EventPayload<Name>, name as Name);
    const queue = new OrderedQueue(take, {
      failed: (error) => this.logger.error({ events: list, error }, `A subscriber of ${list.join(', ')} failed`),
      growing: (waiting) => this.logger.warn({ events: list, waiting }, 'A subscriber falls behind'),
    });
    this.queues.add(queue);
    const stops = list.map((name) => {
      const passes = this.transport.inProcess || this.passesAsItIs(name, events[name]);
      return this.transport.listen(eventSubject(name), (wire) => {
        // Checked and copied once for all subscribers, none of whom may change it for another.
        if (passes) {
          queue.push(wire, name);
          return;
        }
        const event = events[name].safeParse(wire);
        if (event.success) queue.push(event.data, name);
        else
          this.logger.error(
            { event: name, error: invalid(`The event ${name}`, event.error) },
            'A foreign event was dropped',
          );
      });
    });
    return () => {
      for (const stop of stops) stop();
      queue.clear();
      this.queues.delete(queue);
    };
  }

  async settled(): Promise<void> {
    for (;;) {
      const running = [...this.queues].flatMap((queue) => queue.idle() ?? []);
      if (running.length === 0) return;
      await Promise.all(running);
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.settled();
    await this.transport.close();
  }

  /** Neither checked nor copied: a word of our own kind, of whose values the schema would change none. */
  private passesAsItIs(name: CommandName | EventName, schema: z.ZodType): boolean {
    return this.trusts && isTrusted(name) && isPlain(schema);
  }

  /** What is done with a value that comes in: checked and copied, or for a word of our own kind filled in at most. */
  private taking(what: string, name: CommandName, schema: z.ZodType): FillIn {
    const fillIn = this.trusts && isTrusted(name) ? fillInFor(schema) : undefined;
    return fillIn ?? ((value) => received(what, schema, value));
  }

  /** Checked before it goes to another process; within one, the handler's side checks. */
  private sent(name: CommandName, schema: z.ZodType, payload: unknown): unknown {
    if (this.transport.inProcess || this.passesAsItIs(name, schema)) return payload;
    return received(`The payload of ${name}`, schema, payload);
  }

  /** Codes cross; anything else is a defect: logged here, where its stack is, and told without its insides. */
  private failure(name: CommandName, error: unknown): WireReply {
    if (isCodedError(error)) {
      this.logger.debug({ command: name, code: error.code }, error.message);
      return { ok: false, code: error.code, message: error.message, details: error.details };
    }
    this.logger.error({ command: name, error }, `The handler of ${name} failed`);
    return { ok: false, code: 'BUS.FAILED', message: `The handler of ${name} failed` };
  }
}
