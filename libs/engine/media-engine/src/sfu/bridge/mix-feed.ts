import type { types } from 'mediasoup';
import type { AudioEngine } from '../../api/audio-engine.js';
import { OPUS } from '../router-codecs.js';
import { BridgeFailure, expectGranted } from './bridge-failure.js';
import { ClosingSteps } from './closing-steps.js';
import { openLoopbackTransport } from './open-loopback-transport.js';

/** A browser's audio on its way into the mix that the phones hear. */
export interface MixFeed {
  readonly producerId: string;
  close(): Promise<void>;
}

export interface MixFeedRequest {
  readonly router: types.Router;
  readonly audio: AudioEngine;
  readonly ports: { readonly min: number; readonly max: number };
  readonly mixId: string;
  /** The room: keeps receiver and mix on one worker thread. */
  readonly group: string;
  readonly producer: types.Producer;
}

/**
 * ```text
 * browser → producer → consumer → plain transport ─Opus→ receiver → mix → phones
 * ```
 * @throws {Error} where a part refuses; what was opened is closed again
 */
export async function openMixFeed(request: MixFeedRequest): Promise<MixFeed> {
  const { router, audio, ports, mixId, group, producer } = request;
  const closing = new ClosingSteps();
  try {
    const transport = await openLoopbackTransport(router, ports);
    closing.add(() => transport.close());
    const consumer = await transport.consume({
      producerId: producer.id,
      rtpCapabilities: { codecs: [OPUS], headerExtensions: [] },
      paused: true,
    });
    const codec = consumer.rtpParameters.codecs[0];
    const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;
    if (codec === undefined || ssrc === undefined)
      throw new BridgeFailure('The SFU', 'gave a consumer without codec or SSRC');
    const receiver = expectGranted(
      'The browser’s audio cannot be received',
      await audio.openPlainReceiver({ group, codec: 'opus', payloadType: codec.payloadType, ssrc }),
    );
    closing.add(() => audio.closePlainReceiver(receiver.receiverId));
    await transport.connect({ ip: receiver.address, port: receiver.port });
    expectGranted(
      'The browser’s audio cannot join the mix',
      await audio.addMember(mixId, { kind: 'receiver', memberId: producer.id, receiverId: receiver.receiverId }),
    );
    closing.add(() => audio.removeMember(mixId, producer.id));
    await consumer.resume();
    return { producerId: producer.id, close: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}
