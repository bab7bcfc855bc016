export type { SipMessage } from './message/sip-message.js';
export { SipRequest, SipResponse } from './message/sip-message.js';
export { parseMessage } from './message/parse-message.js';
export type { ParseOptions } from './message/parse-message.js';
export type { Malformed, MalformedCode, ParseResult } from './message/parse-result.js';
export type { MessageLimits } from './message/message-limits.js';
export { DEFAULT_MESSAGE_LIMITS } from './message/message-limits.js';
export { checkMandatoryHeaders } from './message/check-mandatory-headers.js';
export { buildRequest, buildResponse, oneLine } from './message/build-message.js';
export { buildReply, markedText } from './message/build-reply.js';
export type { ReplyParts, ViaMark } from './message/build-reply.js';
export { OwnVia } from './message/own-via.js';
export type { BranchedVia } from './message/own-via.js';
export type { HeaderLine, RequestParts, ResponseParts } from './message/build-message.js';
export { buildEditedMessage } from './message/build-edited-message.js';
export type { MessageEdits } from './message/build-edited-message.js';
export { ownText } from './values/own-text.js';
export { reasonPhrase } from './message/reason-phrases.js';
export { buildEntity, entityHeader, parseEntity } from './body/header-block.js';
export type { Entity } from './body/header-block.js';
export { buildMultipart, findPart, findPartById, parseMultipart } from './body/multipart.js';
export type { Multipart } from './body/multipart.js';
export { buildSipFragment, parseSipFragment } from './body/sip-fragment.js';
export type { SipFragment } from './body/sip-fragment.js';
export { buildCpim, parseCpim } from './body/cpim.js';
export type { Cpim } from './body/cpim.js';
export { hasOneVia, isSentBy } from './message/top-via.js';
export { bodyPart, sessionDescription } from './message/session-description.js';
export { Parameters, parseParameters } from './values/parameters.js';
export { bracketHost, buildUri, parseHostPort, parseSipOrSipsUri, parseUri, sipUri } from './values/uri.js';
export type { OtherUri, SipUri, TelUri, Uri } from './values/uri.js';
export { sameUri } from './values/same-uri.js';
export { sameHost } from './values/same-host.js';
export { sameTel, telNumber, telUserPart } from './values/tel-number.js';
export type { TelNumber } from './values/tel-number.js';
export { escapeUser, unescapeText } from './values/escapes.js';
export { buildNameAddress, parseNameAddress } from './values/name-address.js';
export type { NameAddress } from './values/name-address.js';
export { MAGIC_COOKIE, buildVia, parseVia } from './values/via.js';
export type { Via } from './values/via.js';
export { buildCSeq, parseCSeq } from './values/cseq.js';
export type { CSeq } from './values/cseq.js';
export { buildReason, parseReason } from './values/reason.js';
export type { Reason } from './values/reason.js';
export { buildEvent, buildSubscriptionState, parseEvent, parseSubscriptionState } from './values/event-header.js';
export type { EventHeader, SubscriptionState } from './values/event-header.js';
export { buildSessionExpires, parseSessionExpires } from './values/session-expires.js';
export type { SessionExpires } from './values/session-expires.js';
export { buildContact, buildDeltaSeconds, parseContact, parseDeltaSeconds } from './values/contact.js';
export { buildQ, parseQ } from './values/q-value.js';
export { TYPED_HEADERS } from './message/typed-headers.js';
export type { HeaderType, HeaderValue, TypedHeader } from './message/typed-headers.js';
export { buildContentId, parseContentId } from './values/content-id.js';
export { buildServiceId, parseServiceId } from './values/service-id.js';
export { buildMediaType, parseMediaType } from './values/media-type.js';
export type { MediaType } from './values/media-type.js';
export { acceptance, buildPreference, parseAccept, parsePreference } from './values/preference.js';
export type { Preference } from './values/preference.js';
export { buildDisposition, parseDisposition } from './values/disposition.js';
export type { Disposition } from './values/disposition.js';
export { buildInfoReference, parseInfoReference } from './values/info-reference.js';
export type { InfoReference } from './values/info-reference.js';
export {
  buildGeolocationError,
  buildGeolocationRouting,
  parseGeolocationError,
  parseGeolocationRouting,
} from './values/geolocation.js';
export type { GeolocationError } from './values/geolocation.js';
export { buildIdentity, parseIdentity } from './values/identity.js';
export type { Identity } from './values/identity.js';
export { buildRetryAfter, parseRetryAfter } from './values/retry-after.js';
export type { RetryAfter } from './values/retry-after.js';
export { buildProducts, parseProducts } from './values/product.js';
export type { Product } from './values/product.js';
export { buildTimestamp, parseTimestamp } from './values/timestamp.js';
export type { Timestamp } from './values/timestamp.js';
export { buildWarning, parseWarning } from './values/warning.js';
export type { Warning } from './values/warning.js';
export { buildUserToUser, parseUserToUser } from './values/user-to-user.js';
export type { UserToUser } from './values/user-to-user.js';
export { viaParameters, withOverload } from './values/via-parameters.js';
export type { OverloadControl, ViaParameters } from './values/via-parameters.js';
export { buildResourcePriority, parseResourcePriority } from './values/resource-priority.js';
export type { ResourcePriority } from './values/resource-priority.js';
export { buildSecurityMechanism, parseSecurityMechanism } from './values/security-mechanism.js';
export type { SecurityMechanism } from './values/security-mechanism.js';
export { buildCharging, parseCharging } from './values/charging-vector.js';
export { buildToken, parseToken } from './values/token-list.js';
export { buildNumber, parseFlowTimer, parseMaxBreadth, parseMaxForwards, parseMinSe } from './values/whole-number.js';
export type { Contact, ContactAddress } from './values/contact.js';
export { outboundContact, withOutboundContact } from './values/outbound-contact.js';
export type { OutboundContact } from './values/outbound-contact.js';
export { parsePushParameters, withoutPushParameters } from './values/push-parameters.js';
export type { PushParameters } from './values/push-parameters.js';
export {
  buildParameterised,
  parseParameterised,
  parseTokenWithParameters,
  parseWordWithParameters,
} from './values/parameterised.js';
export type { Parameterised } from './values/parameterised.js';
export { buildRAck, buildRSeq, parseRAck, parseRSeq } from './values/rack.js';
export type { RAck } from './values/rack.js';
export { buildCallId, isCallId, parseCallId } from './values/call-id.js';
export { buildReplaces, parseReplaces } from './values/replaces.js';
export type { Replaces } from './values/replaces.js';
export { buildJoin, parseJoin } from './values/join.js';
export type { Join } from './values/join.js';
export { buildTargetDialog, parseTargetDialog } from './values/target-dialog.js';
export type { TargetDialog } from './values/target-dialog.js';
export { buildUriHeaders, parseUriHeaders, splitUriHeaders, uriHeader } from './values/uri-headers.js';
export type { UriHeaders } from './values/uri-headers.js';
export { buildReferTo, parseReferTo } from './values/refer-to.js';
export type { ReferTo } from './values/refer-to.js';
export { buildReferredBy, parseReferredBy } from './values/referred-by.js';
export type { ReferredBy } from './values/referred-by.js';
export { buildReferSub, parseReferSub } from './values/refer-sub.js';
export { buildEntityTag, parseEntityTag, parseSuppressIfMatch } from './values/entity-tag.js';
export { NIL_SESSION_ID, buildSessionId, parseSessionId } from './values/session-id.js';
export type { SessionId } from './values/session-id.js';
export { buildDiversion, parseDiversion } from './values/diversion.js';
export type { Diversion } from './values/diversion.js';
export { buildPrivacy, parsePrivacy } from './values/privacy.js';
export type { Privacy } from './values/privacy.js';
export { buildHistoryIndex, buildHistoryInfo, parseHistoryIndex, parseHistoryInfo } from './values/history-info.js';
export type { HistoryInfo, HistoryTarget } from './values/history-info.js';
export { buildRoute, parseRoute } from './values/route.js';
export type { Route } from './values/route.js';
export { parseIdentities } from './values/asserted-identity.js';
export { buildDate, parseDate } from './values/date.js';
export { firstValue, splitValues } from './values/split-values.js';
export { quote, unquote } from './values/quoted-string.js';
export {
  DIGEST_ALGORITHMS,
  buildDigestVariant,
  digestHash,
  parseDigestAlgorithm,
  parseDigestVariant,
} from './digest/digest-algorithm.js';
export type { DigestAlgorithm, DigestVariant } from './digest/digest-algorithm.js';
export { buildAuthentication, parseAuthentication } from './digest/parse-challenge.js';
export type { AuthenticationHeader } from './digest/parse-challenge.js';
export {
  buildDigestChallenge,
  challengesToAnswer,
  parseDigestChallenge,
  strongestChallenge,
} from './digest/digest-challenge.js';
export type { DigestChallenge, DigestQop } from './digest/digest-challenge.js';
export { buildDigestCredentials, parseDigestCredentials } from './digest/digest-credentials.js';
export type { DigestCredentials } from './digest/digest-credentials.js';
export {
  digestHa1,
  digestHa2,
  digestMatches,
  digestResponse,
  digestRspauth,
  digestSessionHa1,
  digestUserhash,
  sameDigest,
} from './digest/digest-response.js';
export type { DigestResponseParts, DigestTarget } from './digest/digest-response.js';
export { buildAuthenticationInfo, parseAuthenticationInfo } from './digest/authentication-info.js';
export type { AuthenticationInfo } from './digest/authentication-info.js';
