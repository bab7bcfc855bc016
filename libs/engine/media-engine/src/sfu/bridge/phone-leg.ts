import type { types } from 'mediasoup';
import type { AudioEngine } from '../../api/audio-engine.js';
import { OPUS, PHONE_OPUS_PAYLOAD_TYPE } from '../router-codecs.js';
import { expectGranted } from './bridge-failure.js';
import { ClosingSteps } from './closing-steps.js';
import { LOOPBACK, openLoopbackTransport } from './open-loopback-transport.js';

/** A phone in the meeting: heard by browsers through `producer`, and a member of the mix. */
export interface PhoneLeg {
  readonly participantId: string;
  readonly endpointId: string;
  readonly producer: types.Producer;
  close(): Promise<void>;
}

export interface PhoneLegRequest {
  readonly router: types.Router;
  readonly audio: AudioEngine;
  readonly ports: { readonly min: number; readonly max: number };
  readonly mixId: string;
  readonly participantId: string;
  readonly endpointId: string;
  readonly muted: boolean;
  readonly ssrc: number;
}

/**
 * ```text
 * phone ─RTP→ endpoint ─┬─ mix (hears all but itself)
 *                       └─ tap ─Opus, our SSRC→ plain transport → producer → browsers
 * ```
 * @throws {Error} where a part refuses; what was opened is closed again
 */
export async function openPhoneLeg(request: PhoneLegRequest): Promise<PhoneLeg> {
  const { router, audio, ports, mixId, participantId, endpointId, muted, ssrc } = request;
  const closing = new ClosingSteps();
  try {
    const transport = await openLoopbackTransport(router, ports);
    closing.add(() => transport.close());
    const sender = expectGranted(
      'The phone’s audio cannot be tapped',
      await audio.openPlainSender({
        endpointId,
        remote: { address: LOOPBACK, port: transport.tuple.localPort },
        ssrc,
        payloadType: PHONE_OPUS_PAYLOAD_TYPE,
        rtcpMux: true,
        cname: participantId,
      }),
    );
    closing.add(() => audio.closePlainSender(sender.senderId));
    await transport.connect({ ip: sender.address, port: sender.port });
    const producer = await transport.produce({
      kind: 'audio',
      paused: muted,
      rtpParameters: {
        codecs: [
          {
            mimeType: OPUS.mimeType,
            payloadType: PHONE_OPUS_PAYLOAD_TYPE,
            clockRate: OPUS.clockRate,
            channels: 2,
            parameters: { useinbandfec: 1 },
          },
        ],
        encodings: [{ ssrc }],
        rtcp: { cname: participantId, reducedSize: true },
      },
    });
    closing.add(() => producer.close());
    expectGranted('The phone cannot be muted', await audio.setMuted(endpointId, muted));
    closing.add(() => audio.setMuted(endpointId, false));
    expectGranted(
      'The phone cannot join the mix',
      await audio.addMember(mixId, { kind: 'endpoint', memberId: participantId, endpointId }),
    );
    closing.add(() => audio.removeMember(mixId, participantId));
    return { participantId, endpointId, producer, close: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}
