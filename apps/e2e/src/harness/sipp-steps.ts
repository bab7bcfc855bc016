/** One step of a SIPp scenario, as XML. */
export type Step = string;

/** @param version which of its descriptions this is; the second one on is received at another port */
const SDP = (direction: string, version: number): string => `v=0
o=sipp 53655765 ${version} IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port${version > 1 ? '+2' : ''}] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=${direction}
`;

export interface SentBody {
  /** Further headers, a line each. */
  readonly headers?: readonly string[];
  /** Direction of the sound offered or answered; without it there is no SDP. */
  readonly sdp?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  /** Counts the descriptions of one side; from the second on its sound goes to another port. */
  readonly version?: number;
  /** In place of its usual one. */
  readonly contact?: string;
}

const OWN_CONTACT = 'Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>';
const OWN_VIA = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport';

const send = (lines: readonly string[], { sdp, version = 1 }: SentBody, retransmitted: boolean): Step => {
  const end =
    sdp === undefined
      ? 'Content-Length: 0\n\n'
      : `Content-Type: application/sdp\nContent-Length: [len]\n\n${SDP(sdp, version)}`;
  return `<send${retransmitted ? ' retrans="500"' : ''}><![CDATA[\n${[...lines, end].join('\n')}]]></send>`;
};

export interface Received {
  /** The message is the answer to be authenticated with [field2] next. */
  readonly challenge?: boolean;
  /** Remembers Contact and Record-Route for [next_url] and [routes]. */
  readonly dialog?: boolean;
  readonly optional?: boolean;
  /** Where to go on from here, in place of the next step. */
  readonly next?: string;
  /** POSIX patterns that the whole message has to match. */
  readonly has?: readonly string[];
  /** POSIX patterns that the message must not match. */
  readonly hasNot?: readonly string[];
  /** Keeps From and To of a request, for requests of the called side in the dialog. */
  readonly keepParties?: boolean;
  /** POSIX patterns whose first group is kept, by the name of its variable: `[$name]`. */
  readonly keep?: Readonly<Record<string, string>>;
}

/** Waits for a message: a method, or a status. */
export function receive(what: string | number, wanted: Received = {}): Step {
  const { challenge, dialog, optional, next, has = [], hasNot = [], keepParties, keep = {} } = wanted;
  const kind = typeof what === 'number' ? 'response' : 'request';
  const attributes = [
    `${kind}="${what}"`,
    ...(challenge === true ? ['auth="true"'] : []),
    ...(dialog === true ? ['rrs="true"'] : []),
    ...(optional === true ? ['optional="true"'] : []),
    ...(next === undefined ? [] : [`next="${next}"`]),
  ];
  const escape = (pattern: string): string =>
    pattern.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const actions = [
    ...has.map((one) => `<ereg regexp="${escape(one)}" search_in="msg" check_it="true" assign_to="seen"/>`),
    ...hasNot.map((one) => `<ereg regexp="${escape(one)}" search_in="msg" check_it_inverse="true" assign_to="seen"/>`),
    ...(keepParties === true
      ? [
          '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="remote"/>',
          '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="local"/>',
        ]
      : []),
    ...Object.entries(keep).map(
      ([name, pattern]) =>
        `<ereg regexp="${escape(pattern)}" search_in="msg" check_it="true" assign_to="${name}All,${name}"/>`,
    ),
  ];
  const kept = Object.keys(keep).flatMap((name) => [`${name}All`, name]);
  const action = actions.length > 0 ? `<action>${actions.join('')}</action>` : '';
  const variables = [...(keepParties === true ? ['remote', 'local'] : []), ...kept];
  const references = variables.length > 0 ? `<Reference variables="${variables.join(',')}"/>` : '';
  return `<recv ${attributes.join(' ')}>${action}</recv>${references}`;
}

export const pause = (milliseconds: number): Step => `<pause milliseconds="${milliseconds}"/>`;

/** A REGISTER of [field0]. @param headers Contact and Expires, as the flow has them */
export const register = (cseq: number, headers: readonly string[]): Step =>
  send(
    [
      'REGISTER sip:[field1] SIP/2.0',
      OWN_VIA,
      'Max-Forwards: 70',
      'From: <sip:[field0]@[field1]>;tag=r[call_number]',
      'To: <sip:[field0]@[field1]>',
      'Call-ID: [call_id]',
      `CSeq: ${cseq} REGISTER`,
      ...headers,
    ],
    {},
    true,
  );

/** Registers with the challenge in between; takes two numbers of CSeq. */
export const registerWithChallenge = (cseq: number, headers: readonly string[], answer: Received = {}): Step[] => [
  register(cseq, headers),
  receive(401, { challenge: true, has: ['WWW-Authenticate: Digest'] }),
  register(cseq + 1, [...headers, '[field2]']),
  receive(200, answer),
];

export const CONTACT = OWN_CONTACT;

/** A request of the calling side to [field3]: the initial INVITE and what belongs to its transaction. */
const outOfDialog = (
  method: string,
  cseq: number,
  { via = OWN_VIA, toTag = '', ...body }: SentBody & { via?: string; toTag?: string } = {},
): Step =>
  send(
    [
      `${method} sip:[field3]@[field1] SIP/2.0`,
      via,
      'Max-Forwards: 70',
      'From: <sip:[field0]@[field1]>;tag=c[call_number]',
      `To: <sip:[field3]@[field1]>${toTag}`,
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      ...(method === 'INVITE' ? [OWN_CONTACT] : []),
      ...(body.headers ?? []),
    ],
    body,
    method !== 'ACK',
  );

/** The ACK of a refusal (RFC 3261 §17.1.1.3). */
export const acknowledgeRefusal = (cseq: number): Step =>
  outOfDialog('ACK', cseq, { via: '[last_Via:]', toTag: '[peer_tag_param]' });

/** INVITE 1 → 401 → ACK → INVITE 2 with the password. */
export const inviteWithChallenge = ({ headers = [] }: SentBody = {}): Step[] => [
  outOfDialog('INVITE', 1, { sdp: 'sendrecv', headers }),
  receive(100, { optional: true }),
  receive(401, { challenge: true, optional: true, next: 'challenged' }),
  receive(407, { challenge: true }),
  '<label id="challenged"/>',
  acknowledgeRefusal(1),
  outOfDialog('INVITE', 2, { sdp: 'sendrecv', headers: [...headers, '[field2]'] }),
  receive(100),
];

/** Asks once for what is known of [field3] (RFC 6665 §4.4.3): SUBSCRIBE → 401 → SUBSCRIBE. CSeq after those of an INVITE. */
export const fetchState = (event: string, accept: string): Step[] => {
  const headers = [OWN_CONTACT, `Event: ${event}`, `Accept: ${accept}`, 'Expires: 0'];
  return [
    outOfDialog('SUBSCRIBE', 11, { headers }),
    receive(401, { challenge: true }),
    outOfDialog('SUBSCRIBE', 12, { headers: [...headers, '[field2]'] }),
    receive(200),
  ];
};

/** Takes the INVITE back (RFC 3261 §9.1), and sees its end. */
export const cancel = (): Step[] => [
  outOfDialog('CANCEL', 2, { via: '[last_Via:]' }),
  receive(200),
  receive(487),
  acknowledgeRefusal(2),
];

/** A request of the calling side in the dialog. */
export const callerSends = (method: string, cseq: number, body: SentBody = {}): Step =>
  send(
    [
      `${method} [next_url] SIP/2.0`,
      OWN_VIA,
      '[routes]',
      'Max-Forwards: 70',
      'From: <sip:[field0]@[field1]>;tag=c[call_number]',
      'To: <sip:[field3]@[field1]>[peer_tag_param]',
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      ...(method === 'BYE' || method === 'ACK' ? [] : [body.contact ?? OWN_CONTACT]),
      ...(body.headers ?? []),
    ],
    body,
    method !== 'ACK',
  );

/** A request of the called side in the dialog, after an INVITE whose parties were kept. */
export const calleeSends = (method: string, cseq: number, body: SentBody = {}): Step =>
  send(
    [
      `${method} [next_url] SIP/2.0`,
      OWN_VIA,
      '[routes]',
      'Max-Forwards: 70',
      'From: [$local];tag=[pid]u[call_number]',
      'To: [$remote]',
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      ...(method === 'BYE' || method === 'ACK' ? [] : [body.contact ?? OWN_CONTACT]),
      ...(body.headers ?? []),
    ],
    body,
    method !== 'ACK',
  );

/** Answers the request received last; the first answers of a called side put their tag. */
export const answer = (
  status: string,
  { first = false, cseq = '[last_CSeq:]', ...body }: SentBody & { first?: boolean; cseq?: string } = {},
): Step => {
  const code = Number(status.slice(0, 3));
  return send(
    [
      `SIP/2.0 ${status}`,
      '[last_Via:]',
      '[last_From:]',
      `[last_To:]${first ? ';tag=[pid]u[call_number]' : ''}`,
      '[last_Call-ID:]',
      cseq,
      '[last_Record-Route:]',
      body.contact ?? OWN_CONTACT,
      ...(body.headers ?? []),
    ],
    body,
    // An INVITE's final answer is repeated until its ACK (RFC 3261 §13.3.1.4, §17.2.1).
    code >= 200 && (body.sdp !== undefined || first),
  );
};

/** As the scenario file has it. */
export const scenarioOf = (name: string, steps: readonly Step[]): string =>
  [
    '<?xml version="1.0" encoding="ISO-8859-1" ?>',
    `<scenario name="${name}">`,
    ...steps,
    steps.some((step) => step.includes('"seen"')) ? '<Reference variables="seen"/>' : '',
    '</scenario>',
  ].join('\n');
