export type { AudioEngine, AudioEngineHealth, AudioEngineOptions } from './api/audio-engine.js';
export type {
  AgreedFormat,
  AudioCodecName,
  EndpointMedia,
  EndpointStatistics,
  MediaDirection,
  OpenedEndpoint,
  OpenEndpointRequest,
  SrtpKeys,
  TransportAddress,
} from './api/endpoint.js';
export { AUDIO_ENGINE_ERROR_CODES } from './api/error-codes.js';
export type { AudioEngineErrorCode } from './api/error-codes.js';
export type { AudioEngineEvent, AudioEngineListener, EndpointLostReason } from './api/events.js';
export type { MemberLevel, MixMember, OpenMixRequest } from './api/mix.js';
export { accept, refuse } from './api/outcome.js';
export type { Outcome } from './api/outcome.js';
export type {
  OpenedPlainReceiver,
  OpenedPlainSender,
  OpenPlainReceiverRequest,
  OpenPlainSenderRequest,
} from './api/plain-rtp.js';
export type { PlayEndReason, PlayRequest, PlaySource, PlayTarget, ToneStep } from './api/play.js';
export type { RecordEndReason, RecordingSummary, RecordRequest, RecordTarget } from './api/record.js';
export * from './sfu/index.js';
export * from './webrtc/index.js';
export { createAudioEngine } from './engine/create-audio-engine.js';
export { SRTP_SUITES, type SrtpSuite } from '@carillon/rtp';
