/**
 * What SIP messages are mostly made of: deflate finds its words here before it has seen any of the call's own. The most
 * frequent stand last (RFC 1950 §2.3). Written documents need it to be read: it is never changed, only replaced by a new
 * one under a new version of the document.
 */
export const LADDER_DICTIONARY: Buffer = Buffer.from(
  [
    'SIP/2.0 480 Temporarily Unavailable\r\nSIP/2.0 404 Not Found\r\nSIP/2.0 603 Decline\r\nSIP/2.0 408 Request Timeout\r\n',
    'SIP/2.0 487 Request Terminated\r\nSIP/2.0 486 Busy Here\r\nSIP/2.0 183 Session Progress\r\nSIP/2.0 202 Accepted\r\n',
    'CANCEL sip:REFER sip:NOTIFY sip:UPDATE sip:PRACK sip:INFO sip:Reason: SIP;cause=200;text="Call completed elsewhere"\r\n',
    'SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="", nonce="***", algorithm=SHA-256, qop="auth"\r\n',
    'Authorization: Digest username="", realm="", nonce="***", uri="sip:", response="***", cnonce="***", qop=auth, nc=00000001, algorithm=MD5, opaque="***"\r\n',
    'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0 8 9 96 101\r\n',
    'a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:9 G722/8000\r\n',
    'a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=rtcp-mux\r\na=sendrecv\r\na=ssrc:\r\na=rtcp:\r\n',
    'Session-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\nAllow-Events: message-summary\r\nRecord-Route: <sip:;lr>\r\n',
    'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, PRACK\r\n',
    'Supported: timer, replaces, outbound, path, gruu, 100rel\r\nUser-Agent: Carillon\r\nServer: Carillon\r\n',
    'Content-Type: application/sdp\r\nP-Asserted-Identity: "" <sip:@>\r\nContact: <sip:@127.0.0.1:5060;transport=tcp>\r\n',
    '{"callId":"","startedAt":1700000000000,"live":false,"participants":[{"id":"","kind":"caller","label":"","detail":"Desk phone"},',
    '{"id":"carillon","kind":"carillon","label":"Carillon","detail":null},{"id":"","kind":"callee","label":"","detail":""}],"entries":[',
    '{"kind":"note","at":1700000000000,"participant":null,"category":"decision","code":"call.routed","text":""},',
    '],"notKept":0,"refused":null}INVITE sip:ACK sip:BYE sip:@127.0.0.1:5060;transport=udp SIP/2.0\r\n',
    'SIP/2.0 180 Ringing\r\nSIP/2.0 100 Trying\r\nSIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;rport=5060;received=127.0.0.1;branch=z9hG4bK\r\n',
    'Max-Forwards: 70\r\nFrom: "" <sip:@>;tag=\r\nTo: <sip:@>;tag=\r\nCall-ID: \r\nCSeq: 1 INVITE\r\nCSeq: 1 ACK\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n',
    ',"cseq":1,"status":200,"reason":"OK","sdp":false,"repeats":0,"lastRepeatAt":null,"octets":400},{"kind":"message","at":1700000000000,',
    '"participant":"","direction":"out","protocol":"udp","local":{"address":"127.0.0.1","port":5060},',
    '"remote":{"address":"127.0.0.1","port":5060},"sipCallId":"","method":"INVITE"',
  ].join(''),
  'latin1',
);
