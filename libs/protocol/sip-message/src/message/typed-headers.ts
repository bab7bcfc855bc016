import { buildAuthenticationInfo, parseAuthenticationInfo } from '../digest/authentication-info.js';
import { buildAuthentication, parseAuthentication } from '../digest/parse-challenge.js';
import { buildCallId, parseCallId } from '../values/call-id.js';
import { buildCharging, parseCharging } from '../values/charging-vector.js';
import { buildContact, buildDeltaSeconds, parseContact, parseDeltaSeconds } from '../values/contact.js';
import { buildContentId, parseContentId } from '../values/content-id.js';
import { buildCSeq, parseCSeq } from '../values/cseq.js';
import { buildDate, parseDate } from '../values/date.js';
import { buildDisposition, parseDisposition } from '../values/disposition.js';
import { buildDiversion, parseDiversion } from '../values/diversion.js';
import { buildEntityTag, parseEntityTag } from '../values/entity-tag.js';
import { buildEvent, buildSubscriptionState, parseEvent, parseSubscriptionState } from '../values/event-header.js';
import {
  buildGeolocationError,
  buildGeolocationRouting,
  parseGeolocationError,
  parseGeolocationRouting,
} from '../values/geolocation.js';
import { buildHistoryInfo, parseHistoryInfo } from '../values/history-info.js';
import { buildIdentity, parseIdentity } from '../values/identity.js';
import { buildInfoReference, parseInfoReference } from '../values/info-reference.js';
import { buildJoin, parseJoin } from '../values/join.js';
import { buildMediaType, parseMediaType } from '../values/media-type.js';
import { buildNameAddress, parseNameAddress, parsePartyAddress } from '../values/name-address.js';
import { buildParameterised, parseTokenWithParameters, parseWordWithParameters } from '../values/parameterised.js';
import { buildPreference, parseAccept, parsePreference } from '../values/preference.js';
import { buildPrivacy, parsePrivacy } from '../values/privacy.js';
import { buildProducts, parseProducts } from '../values/product.js';
import { buildRAck, buildRSeq, parseRAck, parseRSeq } from '../values/rack.js';
import { buildReason, parseReason } from '../values/reason.js';
import { buildReferSub, parseReferSub } from '../values/refer-sub.js';
import { buildReferTo, parseReferTo } from '../values/refer-to.js';
import { buildReferredBy, parseReferredBy } from '../values/referred-by.js';
import { buildReplaces, parseReplaces } from '../values/replaces.js';
import { buildResourcePriority, parseResourcePriority } from '../values/resource-priority.js';
import { buildRetryAfter, parseRetryAfter } from '../values/retry-after.js';
import { buildRoute, parseRoute } from '../values/route.js';
import { buildSecurityMechanism, parseSecurityMechanism } from '../values/security-mechanism.js';
import { buildServiceId, parseServiceId } from '../values/service-id.js';
import { buildSessionExpires, parseSessionExpires } from '../values/session-expires.js';
import { buildSessionId, parseSessionId } from '../values/session-id.js';
import { buildTargetDialog, parseTargetDialog } from '../values/target-dialog.js';
import { buildTimestamp, parseTimestamp } from '../values/timestamp.js';
import { buildToken, parseToken } from '../values/token-list.js';
import { buildUserToUser, parseUserToUser } from '../values/user-to-user.js';
import { buildVia, parseVia } from '../values/via.js';
import { buildWarning, parseWarning } from '../values/warning.js';
import { buildNumber, parseFlowTimer, parseMaxBreadth, parseMaxForwards, parseMinSe } from '../values/whole-number.js';

/** How the value of a header is read and written. */
export interface HeaderType<Value> {
  /** Whether one line may hold several values, between commas (RFC 3261 §7.3.1). */
  readonly list: boolean;
  /** @returns undefined when malformed */
  parse(text: string): Value | undefined;
  build(value: Value): string;
}

const one = <Value>(parse: (text: string) => Value | undefined, build: (value: Value) => string) =>
  ({ list: false, parse, build }) satisfies HeaderType<Value>;
const many = <Value>(parse: (text: string) => Value | undefined, build: (value: Value) => string) =>
  ({ list: true, parse, build }) satisfies HeaderType<Value>;

const tokens = many(parseToken, buildToken);
const address = one(parseNameAddress, buildNameAddress);
const party = one(parsePartyAddress, buildNameAddress);
const addresses = many(parseNameAddress, buildNameAddress);
const routes = many(parseRoute, buildRoute);
const references = many(parseInfoReference, buildInfoReference);
const authentication = one(parseAuthentication, buildAuthentication);
const authenticationInfo = one(parseAuthenticationInfo, buildAuthenticationInfo);
const seconds = one(parseDeltaSeconds, buildDeltaSeconds);
const preferences = many(parsePreference, buildPreference);
const products = one(parseProducts, buildProducts);
const entityTag = one(parseEntityTag, buildEntityTag);
const named = one(parseTokenWithParameters, buildParameterised);
const namedList = many(parseTokenWithParameters, buildParameterised);
const mechanisms = many(parseSecurityMechanism, buildSecurityMechanism);
const priorities = many(parseResourcePriority, buildResourcePriority);
const charging = one(parseCharging, buildCharging);
const services = many(parseServiceId, buildServiceId);

/** Every header whose value has a form that we know, by its registered name. Others are text, and pass as they are. */
export const TYPED_HEADERS = {
  Accept: many(parseAccept, buildPreference),
  'Accept-Contact': namedList,
  'Accept-Encoding': preferences,
  'Accept-Language': preferences,
  'Accept-Resource-Priority': priorities,
  'Alert-Info': references,
  Allow: tokens,
  'Allow-Events': tokens,
  'Answer-Mode': named,
  'Authentication-Info': authenticationInfo,
  Authorization: authentication,
  'Call-ID': one(parseCallId, buildCallId),
  'Call-Info': references,
  Contact: many(parseContact, buildContact),
  'Content-Disposition': one(parseDisposition, buildDisposition),
  'Content-Encoding': tokens,
  'Content-ID': one(parseContentId, buildContentId),
  'Content-Language': tokens,
  'Content-Type': one(parseMediaType, buildMediaType),
  CSeq: one(parseCSeq, buildCSeq),
  Date: one(parseDate, buildDate),
  Diversion: many(parseDiversion, buildDiversion),
  'Error-Info': references,
  Event: one(parseEvent, buildEvent),
  Expires: seconds,
  'Feature-Caps': namedList,
  'Flow-Timer': one(parseFlowTimer, buildNumber),
  From: party,
  Geolocation: references,
  'Geolocation-Error': one(parseGeolocationError, buildGeolocationError),
  'Geolocation-Routing': one(parseGeolocationRouting, buildGeolocationRouting),
  'History-Info': many(parseHistoryInfo, buildHistoryInfo),
  Identity: many(parseIdentity, buildIdentity),
  'In-Reply-To': many(parseCallId, buildCallId),
  'Info-Package': named,
  Join: one(parseJoin, buildJoin),
  'Max-Breadth': one(parseMaxBreadth, buildNumber),
  'Max-Forwards': one(parseMaxForwards, buildNumber),
  'MIME-Version': one(parseToken, buildToken),
  'Min-Expires': seconds,
  'Min-SE': one(parseMinSe, buildNumber),
  'P-Access-Network-Info': namedList,
  'P-Answer-State': named,
  'P-Asserted-Identity': addresses,
  'P-Asserted-Service': services,
  'P-Associated-URI': addresses,
  'P-Called-Party-ID': address,
  'P-Charge-Info': address,
  'P-Charging-Function-Addresses': charging,
  'P-Charging-Vector': charging,
  'P-Early-Media': tokens,
  'P-Preferred-Identity': addresses,
  'P-Preferred-Service': services,
  'P-Profile-Key': address,
  'P-Served-User': address,
  'P-User-Database': one(parseInfoReference, buildInfoReference),
  'P-Visited-Network-ID': many(parseWordWithParameters, buildParameterised),
  Path: routes,
  'Permission-Missing': addresses,
  Priority: one(parseToken, buildToken),
  'Priv-Answer-Mode': named,
  Privacy: one(parsePrivacy, buildPrivacy),
  'Proxy-Authenticate': authentication,
  'Proxy-Authentication-Info': authenticationInfo,
  'Proxy-Authorization': authentication,
  'Proxy-Require': tokens,
  RAck: one(parseRAck, buildRAck),
  Reason: many(parseReason, buildReason),
  'Record-Route': routes,
  'Recv-Info': namedList,
  'Refer-Events-At': address,
  'Refer-Sub': one(parseReferSub, buildReferSub),
  'Refer-To': one(parseReferTo, buildReferTo),
  'Referred-By': one(parseReferredBy, buildReferredBy),
  'Reject-Contact': namedList,
  Replaces: one(parseReplaces, buildReplaces),
  'Reply-To': address,
  'Request-Disposition': tokens,
  Require: tokens,
  'Resource-Priority': priorities,
  'Retry-After': one(parseRetryAfter, buildRetryAfter),
  Route: routes,
  RSeq: one(parseRSeq, buildRSeq),
  'Security-Client': mechanisms,
  'Security-Server': mechanisms,
  'Security-Verify': mechanisms,
  Server: products,
  'Service-Route': routes,
  'Session-Expires': one(parseSessionExpires, buildSessionExpires),
  'Session-ID': one(parseSessionId, buildSessionId),
  'SIP-ETag': entityTag,
  'SIP-If-Match': entityTag,
  'Subscription-State': one(parseSubscriptionState, buildSubscriptionState),
  Supported: tokens,
  'Suppress-If-Match': entityTag,
  'Target-Dialog': one(parseTargetDialog, buildTargetDialog),
  Timestamp: one(parseTimestamp, buildTimestamp),
  To: party,
  Unsupported: tokens,
  'User-Agent': products,
  'User-to-User': many(parseUserToUser, buildUserToUser),
  Via: many(parseVia, buildVia),
  Warning: many(parseWarning, buildWarning),
  'WWW-Authenticate': authentication,
} as const;

export type TypedHeader = keyof typeof TYPED_HEADERS;
/** What reading a header gives. */
export type HeaderValue<Name extends TypedHeader> = NonNullable<ReturnType<(typeof TYPED_HEADERS)[Name]['parse']>>;
