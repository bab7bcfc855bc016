import { CodedError } from '@carillon/service-runtime';
import type { WireReply } from '../bus-transport.js';
import { Deadlines, timedOut, type Deadline } from '../deadlines.js';

interface OpenRequest {
  readonly settle: (reply: WireReply | undefined) => void;
  readonly fail: (error: Error) => void;
  readonly deadline: Deadline;
}

/** Requests that another process has not answered yet. */
export class OpenRequests {
  private readonly open = new Map<number, OpenRequest>();
  private readonly deadlines = new Deadlines();
  private lastId = 0;

  /**
   * @param send puts the request on its way @returns what was answered, undefined where nobody responds
   * @throws {CodedError} `BUS.TIMEOUT`, `BUS.OVERLOADED` where it cannot be sent, `BUS.LOST` where who was asked has ended
   */
  ask(subject: string, timeoutMs: number, send: (id: number) => boolean): Promise<WireReply | undefined> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((settle, fail) => {
      const late = (): void => this.fail(id, timedOut(subject, timeoutMs));
      this.open.set(id, { settle, fail, deadline: this.deadlines.add(timeoutMs, late) });
      if (!send(id)) this.fail(id, new CodedError('BUS.OVERLOADED', `${subject} was not asked: too much waits`));
    });
  }

  answered(id: number, reply: WireReply | undefined): void {
    this.take(id)?.settle(reply);
  }

  fail(id: number, error: Error): void {
    this.take(id)?.fail(error);
  }

  /** The other process has ended. */
  lost(): void {
    for (const id of this.open.keys())
      this.fail(id, new CodedError('BUS.LOST', 'The process that was asked has ended before it answered'));
  }

  private take(id: number): OpenRequest | undefined {
    const request = this.open.get(id);
    if (request === undefined) return undefined;
    this.open.delete(id);
    this.deadlines.remove(request.deadline);
    return request;
  }
}
