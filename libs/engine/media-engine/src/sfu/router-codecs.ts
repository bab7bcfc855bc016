import type { types } from 'mediasoup';

/** Payload type of a phone's Opus towards the SFU; mediasoup maps it to what each receiver negotiated. */
export const PHONE_OPUS_PAYLOAD_TYPE = 111;

/** Opus as phones are bridged with (RFC 7587 §7: always "opus/48000/2"). */
export const OPUS: types.RtpCodecCapability = {
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  parameters: { useinbandfec: 1 },
  preferredPayloadType: PHONE_OPUS_PAYLOAD_TYPE,
  rtcpFeedback: [],
};

/** What rooms carry. The first video codec is the one that browsers prefer. */
export const ROUTER_CODECS: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1 },
    preferredPayloadType: PHONE_OPUS_PAYLOAD_TYPE,
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, parameters: { 'profile-id': 2 } },
  {
    kind: 'video',
    mimeType: 'video/h264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
];
