import type { RealtimeOutput, RealtimeRequestName, realtimeRequests } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { z } from 'zod';
import type { Connection } from '../connection.js';
import type { Seat, Seats } from '../seats.js';

/** What a request is answered with. */
export interface RequestParts {
  readonly bus: Bus;
  readonly seats: Seats;
  readonly connection: Connection;
  /** Tells conferencing that a seat's participant is gone for good. Never rejects. */
  readonly leave: (seat: Seat) => void;
  /** Runs when the answer has gone out. */
  readonly afterAnswer: (work: () => void) => void;
}

export type RealtimePayload<Name extends RealtimeRequestName> = z.output<(typeof realtimeRequests)[Name]['input']>;

export type RequestHandler<Name extends RealtimeRequestName> = (
  parts: RequestParts,
  input: RealtimePayload<Name>,
) => Promise<RealtimeOutput<Name>>;
