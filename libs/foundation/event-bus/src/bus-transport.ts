/** What crosses between processes: plain data that JSON or structured clone can carry. */
export type WireValue = unknown;

/** A reply as it travels: what the handler answered, or how it failed. */
export type WireReply =
  | { readonly ok: true; readonly value: WireValue }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly details?: WireValue };

/** Answers at once where it can; never throws, never rejects. */
export type RequestHandler = (payload: WireValue) => WireReply | Promise<WireReply>;
export type MessageHandler = (payload: WireValue) => void;

/** What a request comes to; undefined where nobody answers. */
export type Answered = WireReply | undefined;

/**
 * Carries requests and messages between subjects; knows nothing of commands and events. `Bus` stands on one of these:
 * in memory, or a message broker.
 */
export interface BusTransport {
  /** Payloads and replies arrive as the very objects that were sent. */
  readonly inProcess: boolean;
  /** Who is at the other end was started from the same files, by the same people. */
  readonly sameCode: boolean;
  /**
   * Sends to one of the subject's responders. @returns undefined where nobody responds to the subject
   * @throws {CodedError} `BUS.TIMEOUT`
   */
  request(subject: string, payload: WireValue, timeoutMs: number): Answered | Promise<Answered>;
  /** Responders of one subject share its requests. @returns stops responding */
  respond(subject: string, handler: RequestHandler): () => void;
  /** False where it is certain that nobody listens to the subject: nothing need be made to be sent. */
  mayBeHeard(subject: string): boolean;
  /** Hands the message to every listener of the subject, in the order of sending. */
  send(subject: string, payload: WireValue): void;
  /** @returns stops listening */
  listen(subject: string, handler: MessageHandler): () => void;
  close(): Promise<void>;
}
