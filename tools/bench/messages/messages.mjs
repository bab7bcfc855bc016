/**
 * What a phone system's core sees most, as phones and proxies of today write it.
 *
 * @typedef {{ name: string, octets: Buffer }} SampleMessage
 */

const SDP = [
  'v=0',
  'o=alice 3908457341 3908457341 IN IP4 192.0.2.101',
  's=-',
  'c=IN IP4 192.0.2.101',
  't=0 0',
  'm=audio 49172 RTP/AVP 9 0 8 18 101',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:18 G729/8000',
  'a=fmtp:18 annexb=no',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=ptime:20',
  'a=sendrecv',
  '',
].join('\r\n');

const invite = message(
  [
    'INVITE sip:+12155550123@atlanta.example;user=phone SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK-524287-1---8d2a1c5e7f3b9a40;rport',
    'Max-Forwards: 70',
    'Route: <sip:edge.atlanta.example:5060;transport=udp;lr>',
    'Contact: <sip:alice@192.0.2.101:5060;transport=udp>;+sip.instance="<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"',
    'To: <sip:+12155550123@atlanta.example;user=phone>',
    'From: "Alice Example" <sip:alice@atlanta.example>;tag=9fxced76sl',
    'Call-ID: 3848276298220188511@192.0.2.101',
    'CSeq: 1 INVITE',
    'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO, UPDATE, PRACK',
    'Supported: replaces, norefersub, 100rel, timer, outbound, gruu',
    'Session-Expires: 1800',
    'Min-SE: 90',
    'User-Agent: Example-Phone/3.12.4 (build 20250314)',
    'Content-Type: application/sdp',
  ],
  SDP,
);

const register = message([
  'REGISTER sip:atlanta.example SIP/2.0',
  'Via: SIP/2.0/TCP 192.0.2.101:49722;branch=z9hG4bK-524287-1---4d9e0f1b6a7c2831;rport;alias',
  'Max-Forwards: 70',
  'Contact: <sip:alice@192.0.2.101:49722;transport=tcp;ob>;reg-id=1;+sip.instance="<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"',
  'To: "Alice Example" <sip:alice@atlanta.example>',
  'From: "Alice Example" <sip:alice@atlanta.example>;tag=456248',
  'Call-ID: 843817637684230@998sdasdh09',
  'CSeq: 1826 REGISTER',
  'Expires: 600',
  'Authorization: Digest username="alice", realm="atlanta.example", nonce="Z-XrYAAAAAAAAAAAkRZbWmVhnY8b7oRrUcTq1A", uri="sip:atlanta.example", response="6d1a8ec4b9ad8d7d50a3c1e27fbe21af5d80a4f4e4a2c3a9b2fdd5f0a0a5c7e1", algorithm=SHA-256, cnonce="0a4f113b9d6c7e21", nc=00000003, qop=auth',
  'Supported: path, outbound, gruu',
  'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO, UPDATE, PRACK',
  'User-Agent: Example-Phone/3.12.4 (build 20250314)',
]);

const ok = message(
  [
    'SIP/2.0 200 OK',
    'Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK4b43c2ff8.1;received=198.51.100.1;rport=5060',
    'Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK77ef4c2312983.1;received=198.51.100.7',
    'Via: SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK-524287-1---8d2a1c5e7f3b9a40;rport=5060;received=192.0.2.101',
    'Record-Route: <sip:ss2.biloxi.example;lr>',
    'Record-Route: <sip:ss1.atlanta.example;lr>',
    'To: "Bob Example" <sip:bob@biloxi.example>;tag=314159',
    'From: "Alice Example" <sip:alice@atlanta.example>;tag=9fxced76sl',
    'Call-ID: 3848276298220188511@192.0.2.101',
    'CSeq: 1 INVITE',
    'Contact: <sip:bob@203.0.113.4:5060;transport=udp>',
    'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO, UPDATE',
    'Supported: replaces, timer',
    'Session-Expires: 1800;refresher=uac',
    'Content-Type: application/sdp',
  ],
  SDP,
);

const options = message([
  'OPTIONS sip:alice@192.0.2.101:5060;transport=udp SIP/2.0',
  'Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKhjhs8ass877;rport',
  'Max-Forwards: 70',
  'To: <sip:alice@192.0.2.101:5060>',
  'From: <sip:ping@atlanta.example>;tag=1928301774',
  'Call-ID: a84b4c76e66710',
  'CSeq: 63104 OPTIONS',
  'Contact: <sip:ping@198.51.100.1:5060>',
  'Accept: application/sdp',
]);

const notify = message(
  [
    'NOTIFY sip:alice@192.0.2.101:5060;transport=udp SIP/2.0',
    'Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK4cd42a;rport',
    'Max-Forwards: 70',
    'Route: <sip:edge.atlanta.example;lr>',
    'To: "Alice Example" <sip:alice@atlanta.example>;tag=78923',
    'From: <sip:alice@atlanta.example>;tag=4442',
    'Call-ID: 1349882@198.51.100.1',
    'CSeq: 20 NOTIFY',
    'Contact: <sip:voicemail@198.51.100.1:5060>',
    'Event: message-summary',
    'Subscription-State: active;expires=3599',
    'User-Agent: Example-Server/1.0',
    'Content-Type: application/simple-message-summary',
  ],
  'Messages-Waiting: yes\r\nMessage-Account: sip:alice@atlanta.example\r\nVoice-Message: 2/8 (0/2)\r\n',
);

/** @type {SampleMessage[]} */
export const MESSAGES = [
  { name: 'INVITE with SDP', octets: invite },
  { name: 'REGISTER with Authorization', octets: register },
  { name: '200 OK with Record-Route', octets: ok },
  { name: 'OPTIONS', octets: options },
  { name: 'NOTIFY', octets: notify },
];

/** @param {string[]} head @param {string} body */
function message(head, body = '') {
  return Buffer.from(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
