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
import type { CallOptions, CommandHandler, EventHandler, EventInput, HandleOptions } from './bus.js';
import type { BusTransport, WireReply } from './bus-transport.js';
import { OrderedQueue } from './ordered-queue.js';

const DEFAULT_TIMEOUT_MS = 10_000;

function invalid(what: string, error: z.ZodError): CodedError {
  return new CodedError('BUS.INVALID', `${what} does not fit its schema: ${z.prettifyError(error)}`, error.issues);
}

const commandSubject = (name: CommandName, ownerId?: string): string =>
  ownerId === undefined ? `command.${name}` : `command.${name}@${ownerId}`;
const eventSubject = (name: EventName): string => `event.${name}`;

/** The bus over any transport: schemas, error codes, order of delivery. */
export class TypedBus extends Bus {
  private readonly queues = new Set<OrderedQueue>();
  private closed = false;

  constructor(
    private readonly transport: BusTransport,
    private readonly logger: Logger,
  ) {
    super();
  }

  async call<Name extends CommandName>(
    name: Name,
    payload: CommandInput<Name>,
    { ownerId, timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions = {},
  ): Promise<CommandOutput<Name>> {
    if (this.closed) throw new CodedError('BUS.CLOSED', `The bus is closed: ${name} was not asked`);
    const input = commands[name].input.safeParse(payload);
    if (!input.success) throw invalid(`The payload of ${name}`, input.error);
    const subject = commandSubject(name, ownerId);
    const reply = await this.transport.request(subject, input.data, timeoutMs);
    if (reply === undefined) throw new CodedError('BUS.NO_HANDLER', `Nobody handles ${subject}`);
    if (!reply.ok) throw new CodedError(reply.code, reply.message, reply.details);
    const output = commands[name].output.safeParse(reply.value);
    if (!output.success) throw invalid(`The answer to ${name}`, output.error);
    return output.data as CommandOutput<Name>;
  }

  handle<Name extends CommandName>(
    name: Name,
    handler: CommandHandler<Name>,
    { ownerId }: HandleOptions = {},
  ): () => void {
    return this.transport.respond(commandSubject(name, ownerId), async (wire): Promise<WireReply> => {
      try {
        const input = commands[name].input.safeParse(wire);
        if (!input.success) throw invalid(`The payload of ${name}`, input.error);
        const answer = commands[name].output.safeParse(await handler(input.data as CommandPayload<Name>));
        if (!answer.success) throw invalid(`The answer to ${name}`, answer.error);
        return { ok: true, value: answer.data };
      } catch (error) {
        return this.failure(name, error);
      }
    });
  }

  publish<Name extends EventName>(name: Name, payload: EventInput<Name>): void {
    if (this.closed) {
      this.logger.debug({ event: name }, 'Event after the bus was closed: nobody hears it');
      return;
    }
    const event = events[name].safeParse(payload);
    if (!event.success) throw invalid(`The event ${name}`, event.error);
    this.transport.send(eventSubject(name), event.data);
  }

  subscribe<Name extends EventName>(names: Name | readonly Name[], handler: EventHandler<Name>): () => void {
    const list = typeof names === 'string' ? [names] : names;
    const queue = new OrderedQueue({
      failed: (error) => this.logger.error({ events: list, error }, `A subscriber of ${list.join(', ')} failed`),
      growing: (waiting) => this.logger.warn({ events: list, waiting }, 'A subscriber falls behind'),
    });
    this.queues.add(queue);
    const stops = list.map((name) =>
      this.transport.listen(eventSubject(name), (wire) => {
        const event = events[name].safeParse(wire);
        if (event.success) queue.push(() => handler(event.data as EventPayload<Name>, name));
        else
          this.logger.error(
            { event: name, error: invalid(`The event ${name}`, event.error) },
            'A foreign event was dropped',
          );
      }),
    );
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
