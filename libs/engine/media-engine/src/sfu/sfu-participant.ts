import type { types } from 'mediasoup';
import type { ProducerView } from './sfu-event.js';
import type { MediaSource } from './sfu-request.js';

/** A producer and what mediasoup does not keep about it. */
export interface HeldProducer {
  readonly producer: types.Producer;
  readonly source: MediaSource;
}

/**
 * One browser's share of a room, or one phone's producer. Bounded by design: one transport for each direction, one
 * producer for each source; a new one takes the old one's place.
 */
export class SfuParticipant {
  readonly transports = new Map<'send' | 'receive', types.WebRtcTransport>();
  readonly producers = new Map<MediaSource, HeldProducer>();
  readonly consumers = new Map<string, types.Consumer>();
  /** Muted from outside: the microphone stays paused, also one that is produced later. */
  muted = false;
  closed = false;

  constructor(readonly participantId: string) {}

  transport(transportId: string, direction?: 'send' | 'receive'): types.WebRtcTransport | undefined {
    for (const [held, transport] of this.transports)
      if (transport.id === transportId && (direction === undefined || held === direction)) return transport;
    return undefined;
  }

  producer(producerId: string): HeldProducer | undefined {
    return [...this.producers.values()].find(({ producer }) => producer.id === producerId);
  }

  /** Closing a transport closes its producers and consumers with it. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const consumer of this.consumers.values()) consumer.close();
    for (const { producer } of this.producers.values()) producer.close();
    for (const transport of this.transports.values()) transport.close();
    this.transports.clear();
    this.consumers.clear();
  }
}

export function viewProducer(participantId: string, { producer, source }: HeldProducer): ProducerView {
  return { producerId: producer.id, participantId, kind: producer.kind, source, paused: producer.paused };
}
