export type { Clock, TimerHandle } from './clock.js';
export { systemClock } from './clock.js';
export type { Random } from './random.js';
export { systemRandom } from './random.js';
export type { Logger } from './logger.js';
export { silentLogger } from './logger.js';
export type { Timers } from './timers.js';
export { RFC_3261_TIMERS } from './timers.js';
export type { Limits } from './limits.js';
export type { Dns, DnsAnswer, NaptrRecord, SrvRecord } from './location/dns.js';
export { systemDns } from './location/system-dns.js';
export { isListening } from './transport/is-listening.js';
export { hostPort } from './transport/sip-flow.js';
export { sourceNetwork } from './transport/source-network.js';
export type { SystemDnsOptions } from './location/system-dns.js';
export { DEFAULT_LIMITS } from './limits.js';
export { ExpiryBuckets } from './expiry-buckets.js';
export type {
  DialogCopy,
  InviteCopy,
  ResumeOptions,
  SessionCopy,
  SubscriptionCopy,
  UnfinishedCopy,
  UnfinishedEnd,
} from './api/dialog-copy.js';
export type { ConnectionArrival, Flow, KeepAliveOptions, TransportProtocol } from './api/flow.js';
export type { TlsCertificate, TlsOptions, TlsVerification } from './api/tls.js';
export { isSipsUri } from './dialog/contact-for.js';
export { isSecureTransport, plainForm } from './dialog/secure-hops.js';
export type { HeaderFields } from './api/header-fields.js';
export type { IncomingRequest, ReplyOptions, RequestSource } from './api/incoming-request.js';
export type {
  PassedRequest,
  PassingRequest,
  ProxyOptions,
  ProxiedRequest,
  ProxyOutcome,
  ProxyPlan,
  ProxyTarget,
  RedirectContact,
  RoutedRequest,
  UnfinishedProxied,
} from './api/routed-request.js';
export type {
  AcceptOptions,
  IncomingInvite,
  ProgressOptions,
  ProgressResult,
  ReplacedDialog,
} from './api/incoming-invite.js';
export type { FailureCause, RequestFailure, RequestOutcome } from './api/request-outcome.js';
export type {
  DialogId,
  IncomingOffer,
  IncomingPrack,
  InviteProgress,
  InviteSession,
  InviteSessionEvents,
  PrackOutcome,
  ReinviteOutcome,
  SessionEnd,
  SessionEndKind,
  SessionTimerOptions,
  UpdateOutcome,
} from './api/invite-session.js';
export type { ChallengedRealm, Credentials, CredentialSource } from './api/credentials.js';
export type {
  InviteOptions,
  InviteRetry,
  OutgoingInvite,
  OutgoingInviteEvents,
  OutgoingRequestOptions,
  ReliableProvisionalPolicy,
  RequestTarget,
} from './api/outgoing-invite.js';
export type {
  RegisterOptions,
  Registration,
  RegistrationEvents,
  RegistrationGrant,
  RegistrationRetry,
} from './api/registration.js';
export type {
  AcceptSubscribeOptions,
  EventPackage,
  IncomingSubscribe,
  NotifierSubscription,
  NotifierSubscriptionEvents,
  NotifyContent,
  SubscriptionEndKind,
  TerminationReason,
} from './api/notifier-subscription.js';
export type {
  ListenAddress,
  TappedMessage,
  CloseOptions,
  UserAgent,
  UserAgentEvents,
  UserAgentOptions,
  UserAgentStats,
} from './api/user-agent.js';
export type { WayToPeer } from './api/way-to-peer.js';
export type {
  IncomingRefer,
  OutOfDialogReferOptions,
  OutgoingRefer,
  OutgoingReferEvents,
  ReferEnd,
  ReferOptions,
  ReferTarget,
  Referral,
} from './api/refer.js';
export type {
  IncomingNotify,
  SubscribeOptions,
  Subscription,
  SubscriptionEnd,
  SubscriptionEvents,
} from './api/subscription.js';
export type { Publication, PublicationEvents, PublishOptions } from './api/publication.js';
export { PublicationServer } from './publication/publication-server.js';
export type { PublicationServerOptions } from './publication/publication-server.js';
export type { CompositorPolicy, PublishedState } from './publication/event-state-compositor.js';
export { buildStatusFragment, parseStatusFragment } from './refer/status-fragment.js';
export { dialogOfPeer } from './replaces/dialog-of-peer.js';
export { joinSipWorkers, startSipWorkers } from './multi-core/sip-workers.js';
export type { SipWorkerHooks, SipWorkers } from './multi-core/sip-workers.js';
export { isOurs, workerOf } from './multi-core/pinning.js';
export type { HandOver, HandOverFrame, HandOverKind, Pinning } from './multi-core/pinning.js';
export { createUserAgent } from './user-agent/create-user-agent.js';
export { DigestAuthenticator } from './authentication/digest-authenticator.js';
export type {
  DigestAttempt,
  DigestAuthenticatorOptions,
  DigestSecret,
  DigestVerdict,
} from './authentication/digest-authenticator.js';
