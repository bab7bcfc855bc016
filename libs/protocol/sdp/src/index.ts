export type {
  Attribute,
  Bandwidth,
  Connection,
  MediaDescription,
  Origin,
  SessionDescription,
  TimeDescription,
} from './session-description.js';
export { SDP_LIMITS } from './limits.js';
export {
  parseSessionDescription,
  type ParsedSessionDescription,
  type SdpErrorCode,
} from './parse-session-description.js';
export { buildSessionDescription } from './build-session-description.js';

export { attributeValue, attributeValues, hasAttribute } from './views/attributes.js';
export {
  directionOf,
  DIRECTIONS,
  heldDirection,
  withDirection,
  narrowDirection,
  receives,
  reverseDirection,
  sends,
  statedDirectionOf,
  type Direction,
} from './views/direction.js';
export { parseFormatParameters, rtpFormatsOf, type RtpFormat } from './views/rtp-formats.js';
export {
  maximumPacketTimeOf,
  mediaAddressesOf,
  packetTimeOf,
  packetTimeToSend,
  ssrcsOf,
  type MediaAddresses,
  type TransportAddress,
} from './views/media-transport.js';
export {
  answerSetup,
  chooseCrypto,
  cryptosOf,
  dtlsOf,
  dtlsRole,
  isNewDtlsAssociation,
  setupFits,
  type CryptoAttribute,
  type DtlsParameters,
  type DtlsSetup,
} from './views/security.js';
export { cryptoLine, readSdesKey, type SdesKey, type SdesSuite } from './views/sdes.js';
export {
  buildIceCandidate,
  iceOf,
  isIceRestart,
  parseIceCandidate,
  type IceCandidate,
  type IceParameters,
} from './views/ice.js';
export { groupsOf, isDisabled, midOf, transportSectionOf, type MediaGroup } from './views/groups.js';

export {
  addressTypeOf,
  firstOrigin,
  nextOrigin,
  PLAIN_RTP_PROTOCOLS,
  TELEPHONE_EVENT_PAYLOAD_TYPES,
  type AudioCodec,
  type LocalAudio,
} from './offer-answer/local-audio.js';
export type { AgreedAudio, AlsoAgreed } from './offer-answer/agreed-audio.js';
export { makeOffer, type OfferOptions } from './offer-answer/make-offer.js';
export { answerOffer, type AnswerOptions, type AnswerOutcome } from './offer-answer/answer-offer.js';
export { applyAnswer, type AppliedAnswer } from './offer-answer/apply-answer.js';
export { protectionProblem, type DescribedMedia, type ProtectionProblem } from './offer-answer/answered-protection.js';
export { matchCodecs, telephoneEventFor, type CodecMatch, type CodecOrder } from './offer-answer/match-codecs.js';
export {
  chooseSecurity,
  type ChosenSecurity,
  type SecurityAbilities,
  type SecuredAudio,
  type SecurityChoice,
  type SecurityProblem,
} from './offer-answer/choose-security.js';
export {
  FIRST_MID,
  ICE_LITE,
  midExtensionLine,
  midExtensionOf,
  dtlsLines,
  webRtcLines,
  type WebRtcSide,
} from './offer-answer/webrtc-lines.js';
export { checkAnswer, type AnswerFinding, type AnswerProblem } from './offer-answer/check-answer.js';
export { checkNext, type NextProblem } from './offer-answer/check-next.js';
export { mediaChanges, type MediaChange } from './offer-answer/media-changes.js';
export { addStream, holdOffer, rejectAll, removeStream, withMedia } from './offer-answer/change-media.js';
