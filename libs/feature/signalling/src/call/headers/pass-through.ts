/** A message that may carry something from one leg of a call to the other. */
export type Crossing =
  | 'invite'
  /** 101–199 */
  | 'progress'
  | 'answer'
  /** 300–699 */
  | 'refusal'
  | 'reinvite'
  | 'update'
  | 'info'
  | 'message'
  | 'bye'
  | 'cancel'
  | 'refer';

export interface PassedHeader {
  readonly name: string;
  readonly definedIn: string;
  readonly messages: readonly Crossing[];
  /** Says who the sender is: kept back when the sender wants user privacy (RFC 3323 §5.3). */
  readonly identifying?: true;
  /** Makes the other phone act or fetch: from members of the organisation and trusted trunks only. */
  readonly trusted?: true;
  /**
   * Says where the caller is: in emergency calls over a trunk, whatever privacy the caller wants, and in others where the
   * organisation lets Geolocation through.
   */
  readonly location?: true;
}

const TALK: readonly Crossing[] = ['invite', 'progress', 'answer'];

/** Copied from one leg to the other, in both directions. */
export const PASSED: readonly PassedHeader[] = [
  { name: 'Alert-Info', definedIn: 'RFC 3261 §20.4, RFC 7462', messages: ['invite', 'progress'], trusted: true },
  { name: 'Call-Info', definedIn: 'RFC 3261 §20.9', messages: TALK, identifying: true, trusted: true },
  { name: 'Error-Info', definedIn: 'RFC 3261 §20.18', messages: ['refusal'], trusted: true },
  { name: 'User-to-User', definedIn: 'RFC 7433', messages: [...TALK, 'refusal', 'bye'] },
  { name: 'Subject', definedIn: 'RFC 3261 §20.36', messages: ['invite', 'message'], identifying: true },
  { name: 'Priority', definedIn: 'RFC 3261 §20.26', messages: ['invite'] },
  { name: 'Organization', definedIn: 'RFC 3261 §20.25', messages: TALK, identifying: true },
  { name: 'Reply-To', definedIn: 'RFC 3261 §20.31', messages: ['invite', 'message'], identifying: true },
  { name: 'Accept-Language', definedIn: 'RFC 3261 §20.3', messages: ['invite'] },
  { name: 'Content-Language', definedIn: 'RFC 3261 §20.13', messages: ['info', 'message'] },
  { name: 'Content-Disposition', definedIn: 'RFC 3261 §20.11', messages: ['info', 'message'] },
  { name: 'Info-Package', definedIn: 'RFC 6086 §7', messages: ['info'] },
  { name: 'Resource-Priority', definedIn: 'RFC 4412', messages: ['invite', 'reinvite', 'update'], trusted: true },
  { name: 'Geolocation', definedIn: 'RFC 6442 §4.1', messages: ['invite'], location: true },
  { name: 'Geolocation-Routing', definedIn: 'RFC 6442 §4.2', messages: ['invite'], location: true },
  {
    name: 'Geolocation-Error',
    definedIn: 'RFC 6442 §4.4',
    messages: ['progress', 'answer', 'refusal'],
    location: true,
  },
  { name: 'Retry-After', definedIn: 'RFC 3261 §20.33', messages: ['refusal'] },
] as const;

export interface RewrittenHeader {
  readonly name: string;
  readonly definedIn: string;
  readonly messages: readonly Crossing[];
  /** What stands there on the other side. */
  readonly becomes: string;
}

/** Made anew for the other leg out of what the call knows. */
export const REWRITTEN: readonly RewrittenHeader[] = [
  {
    name: 'From',
    definedIn: 'RFC 3261 §20.20, RFC 3323 §4.1.1.3',
    messages: ['invite'],
    becomes: 'the caller as we know it, or anonymous',
  },
  { name: 'To', definedIn: 'RFC 3261 §20.39', messages: ['invite'], becomes: 'who is being called' },
  {
    name: 'P-Asserted-Identity',
    definedIn: 'RFC 3325 §9.1',
    messages: [...TALK, 'reinvite', 'update'],
    becomes: 'the identity that we know, where privacy or trust allows it',
  },
  {
    name: 'P-Preferred-Identity',
    definedIn: 'RFC 3325 §9.2',
    messages: ['invite'],
    becomes: 'P-Asserted-Identity, where it is one of the own identities of the user',
  },
  {
    name: 'Privacy',
    definedIn: 'RFC 3323 §4.2',
    messages: ['invite', 'reinvite', 'update'],
    becomes: 'what a trusted peer still has to do',
  },
  {
    name: 'History-Info',
    definedIn: 'RFC 7044 §5',
    messages: ['invite'],
    becomes: 'what came, and every retarget of ours',
  },
  {
    name: 'Diversion',
    definedIn: 'RFC 5806',
    messages: ['invite'],
    becomes: 'what came, and every diversion of ours',
  },
  {
    name: 'Session-ID',
    definedIn: 'RFC 7989',
    messages: ['invite', 'progress', 'answer', 'reinvite', 'update', 'info', 'message', 'bye', 'refer'],
    becomes: 'the identifiers of the two who are connected',
  },
  {
    name: 'Max-Forwards',
    definedIn: 'RFC 3261 §20.22',
    messages: ['invite'],
    becomes: 'one less',
  },
  {
    name: 'Reason',
    definedIn: 'RFC 3326, RFC 6432',
    messages: ['bye', 'cancel', 'refusal'],
    becomes: 'the same causes, written anew',
  },
  {
    name: 'Warning',
    definedIn: 'RFC 3261 §20.43',
    messages: ['refusal'],
    becomes: 'the same code and text, with us as the agent',
  },
  {
    name: 'Referred-By',
    definedIn: 'RFC 3892 §3',
    messages: ['refer'],
    becomes: 'who sent the call on, in the INVITE that comes of it',
  },
  {
    name: 'Content-Type',
    definedIn: 'RFC 3261 §20.15',
    messages: ['info', 'message'],
    becomes: 'the same, where the body is of a kind that is passed',
  },
] as const;

/**
 * Named here only to say that they are known and kept back: whatever is in neither list above is dropped just so.
 * They belong to one leg (routing, dialog, authentication, capabilities), or tell how the other side is built.
 */
export const DROPPED: readonly string[] = [
  'Via',
  'Route',
  'Record-Route',
  'Path',
  'Service-Route',
  'Contact',
  'Call-ID',
  'CSeq',
  'In-Reply-To',
  'User-Agent',
  'Server',
  'Allow',
  'Allow-Events',
  'Supported',
  'Require',
  'Proxy-Require',
  'Unsupported',
  'Session-Expires',
  'Min-SE',
  'RSeq',
  'RAck',
  'Authorization',
  'Proxy-Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'Authentication-Info',
  'Remote-Party-ID',
  'P-Access-Network-Info',
  'P-Charging-Vector',
  'P-Charging-Function-Addresses',
  'P-Associated-URI',
  'P-Called-Party-ID',
  'P-Visited-Network-ID',
  'Identity',
  // Would let a caller listen in on a room without anyone lifting a receiver (RFC 5373 §7).
  'Answer-Mode',
  'Priv-Answer-Mode',
  'Replaces',
  'Join',
  'Target-Dialog',
] as const;

/** X- and other private headers that an organisation lets through go with these messages. */
export const PRIVATE_HEADER_MESSAGES: readonly Crossing[] = [...TALK, 'refusal', 'info', 'message', 'bye'];
