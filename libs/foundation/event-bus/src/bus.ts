import type {
  CommandInput,
  CommandName,
  CommandOutput,
  CommandPayload,
  EventName,
  EventPayload,
  commands,
  events,
} from '@carillon/contracts';
import type { z } from 'zod';

/** What a handler returns, before its schema fills in defaults. */
export type CommandAnswer<Name extends CommandName> = z.input<(typeof commands)[Name]['output']>;
/** What a publisher gives, before the event's schema fills in defaults. */
export type EventInput<Name extends EventName> = z.input<(typeof events)[Name]>;

export type CommandHandler<Name extends CommandName> = (
  payload: CommandPayload<Name>,
) => CommandAnswer<Name> | Promise<CommandAnswer<Name>>;

/** The name tells the events apart where one handler subscribes to several. */
export type EventHandler<Name extends EventName> = (payload: EventPayload<Name>, name: Name) => void | Promise<void>;

export interface CallOptions {
  /** Addresses the one process that owns the thing. Handlers without an owner are not asked, and the other way round. */
  readonly ownerId?: string;
  /** 10 s unless told otherwise. */
  readonly timeoutMs?: number;
}

export interface HandleOptions {
  /** Handles what is addressed to this owner, and only that. */
  readonly ownerId?: string;
}

/**
 * How features talk: commands are asked of one handler and answered, events are told to every subscriber. Both are
 * checked against the schemas of `@carillon/contracts` where they enter and leave, and arrive as copies; the subscribers of
 * an event may share one, which nobody may change.
 *
 * An abstract class, so that it is its own injection token: `constructor(private readonly bus: Bus)`.
 */
export abstract class Bus {
  /**
   * Asks and waits. A refusal is a value in the answer; only failures throw.
   * @throws {CodedError} `BUS.NO_HANDLER`, `BUS.TIMEOUT`, `BUS.INVALID` (payload or answer against its schema),
   * `BUS.FAILED` (the handler threw something without a code), or the very code that the handler threw
   */
  abstract call<Name extends CommandName>(
    name: Name,
    payload: CommandInput<Name>,
    options?: CallOptions,
  ): Promise<CommandOutput<Name>>;

  /** Answers a command. Several handlers of one command share the work. @returns stops handling */
  abstract handle<Name extends CommandName>(
    name: Name,
    handler: CommandHandler<Name>,
    options?: HandleOptions,
  ): () => void;

  /** Tells every subscriber; returns before they have acted. @throws {CodedError} `BUS.INVALID` */
  abstract publish<Name extends EventName>(name: Name, payload: EventInput<Name>): void;

  /**
   * Hears events, one at a time and in the order of publishing: the next is handed over when the handler has settled.
   * With a list of names that order holds across all of them. A handler that fails is logged and goes on with the next.
   * @returns stops hearing; what waits is dropped
   */
  abstract subscribe<Name extends EventName>(names: Name | readonly Name[], handler: EventHandler<Name>): () => void;

  /** Resolves when every event published so far (and those that they caused) was handled. For tests and shutdown. */
  abstract settled(): Promise<void>;

  /** No more calls, events or handlers. Idempotent. */
  abstract close(): Promise<void>;
}
