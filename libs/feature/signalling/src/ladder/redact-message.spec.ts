import { parseMessage } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { redactMessage } from './redact-message.js';

const lines = (...all: string[]): string => all.join('\r\n');

function message(start: string, headers: string[], body = ''): string {
  return lines(
    start,
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
    'From: <sip:alice@example.org>;tag=1',
    'To: <sip:bob@example.org>',
    'Call-ID: 1@192.0.2.1',
    'CSeq: 1 INVITE',
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  );
}

const INVITE = 'INVITE sip:bob@example.org SIP/2.0';
const parse = (text: string) => parseMessage(Buffer.from(text, 'latin1'));

describe('secrets are taken out of', () => {
  it('digest credentials, whose user name, realm and algorithm stay', () => {
    const clean = redactMessage(
      message(INVITE, [
        'Authorization: Digest username="alice", realm="example.org", nonce="abc,=x", uri="sip:bob@example.org",',
        ' response="0123456789abcdef", cnonce="dead", qop=auth, nc=00000001, algorithm=SHA-256, opaque="o"',
        'proxy-authorization : Digest username="alice\\"x", response=fedcba, nonce=raw',
      ]),
    );
    expect(clean).not.toMatch(/0123456789abcdef|dead|abc,=x|fedcba|raw|"o"/);
    for (const kept of ['username="alice"', 'realm="example.org"', 'algorithm=SHA-256', 'nc=00000001', 'qop=auth'])
      expect(clean).toContain(kept);
    expect(parse(clean).ok).toBe(true);
  });

  it('challenges and authentication info', () => {
    const clean = redactMessage(
      message('SIP/2.0 401 Unauthorized', [
        'WWW-Authenticate: Digest realm="example.org", nonce="servernonce", algorithm=MD5',
        'Authentication-Info: nextnonce="next", rspauth="proof", nc=00000001',
      ]),
    );
    expect(clean).not.toMatch(/servernonce|"next"|proof/);
    expect(clean).toContain('realm="example.org"');
  });

  it('tokens of other schemes', () => {
    expect(redactMessage(message(INVITE, ['Authorization: Bearer eyJhbGciOi.x.y']))).toContain(
      'Authorization: Bearer ***',
    );
    expect(redactMessage(message(INVITE, ['Authorization: Basic YWxpY2U6cGFzcw==']))).not.toContain('YWxp');
  });

  it('passwords, credentials and push tokens in URIs, wherever they stand', () => {
    const clean = redactMessage(
      message('INVITE sip:bob:pass1@example.org;user=phone SIP/2.0', [
        'Contact: <sips:alice:pass;2,x@192.0.2.1:5061>, sip:alice:pass3@192.0.2.2;expires=3',
        'Refer-To: <sip:carol:pass4@example.org?Authorization=Digest%20pass5&Replaces=1>',
        'P-Asserted-Identity: "a@b" <sip:+1@example.org>',
        'Record-Route: <sip:10.0.0.1:5060;lr>',
        'Contact: <sip:x@y;pn-provider=apns;pn-prid=pass6>',
      ]),
    );
    expect(clean).not.toMatch(/pass\d|pass;/);
    expect(clean).toContain('INVITE sip:bob:***@example.org;user=phone SIP/2.0');
    expect(clean).toContain('<sips:alice:***@192.0.2.1:5061>');
    expect(clean).toContain('"a@b" <sip:+1@example.org>');
    expect(clean).toContain('<sip:10.0.0.1:5060;lr>');
    expect(clean).toContain('Replaces=1');
  });

  it('keys and ICE passwords in SDP, alone and in a multipart body, whose lengths stay', () => {
    const sdp = lines(
      'v=0',
      'k=base64:c2VjcmV0',
      'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4;inline:c2Vjb25ka2V5 FEC_ORDER=FEC_SRTP',
      'a=key-mgmt:mikey AQAFgM0XflABAAAAAAAA',
      'a=ice-ufrag:abcd',
      'a=ice-pwd:verysecretpassword1234',
      'a=fingerprint:sha-256 AA:BB',
      '',
    );
    const alone = message(INVITE, ['Content-Type: application/sdp'], sdp);
    const parts = lines('--b', 'Content-Type: application/sdp', '', sdp, '--b--', '');
    const several = message(INVITE, ['c: multipart/mixed;boundary=b'], parts);
    for (const text of [alone, several]) {
      const clean = redactMessage(text);
      expect(clean).not.toMatch(/c2Vj|WVNf|AQAF|verysecret/);
      expect(clean).toContain('|2^20|1:4');
      expect(clean).toContain('a=ice-ufrag:abcd');
      expect(clean).toContain('a=fingerprint:sha-256 AA:BB');
      expect(clean).toHaveLength(text.length);
    }
  });

  it('keys that were pressed', () => {
    const info = 'INFO sip:bob@example.org SIP/2.0';
    const relay = redactMessage(
      message(info, ['Content-Type: application/dtmf-relay'], 'Signal=5\r\nDuration=160\r\n'),
    );
    expect(relay).toContain('Signal=x\r\nDuration=160');
    expect(redactMessage(message(info, ['c: application/dtmf'], '7'))).toMatch(/\r\n\r\nx$/);
    const kpml = '<kpml-response version="1.0" code="200" digits="4711"/>';
    expect(redactMessage(message(info, ['c: application/kpml-response+xml'], kpml))).toContain('digits="xxxx"');
  });

  it('the words of a MESSAGE and of bodies that cannot be read, with the right Content-Length', () => {
    for (const text of [
      message('MESSAGE sip:bob@example.org SIP/2.0', ['Content-Type: text/plain'], 'our secret'),
      message(INVITE, ['Content-Type: application/sdp', 'Content-Encoding: gzip'], 'our secret'),
    ]) {
      const clean = redactMessage(text);
      expect(clean).not.toContain('our secret');
      const parsed = parse(clean);
      expect(parsed.ok && parsed.message.bodyText).toBe('[10 octets, not kept]');
      expect(clean).toContain('Content-Length: 21');
    }
  });
});

describe('redaction', () => {
  it('leaves a message without secrets as it is', () => {
    const text = message(INVITE, ['Content-Type: application/sdp', 'X: ä'], 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n');
    expect(redactMessage(text)).toBe(text);
  });

  it('takes time in proportion to the length, whatever comes', () => {
    const nasty = [
      `${'sip:a:'.repeat(10_000)}@`,
      'sip:a:b@'.repeat(8_000),
      `Authorization: Digest ${'nonce="'.repeat(9_000)}`,
      `Authorization: ${' '.repeat(60_000)}x`,
      `${'"'.repeat(60_000)}@`,
      `${','.repeat(60_000)}@`,
      `\r\n\r\na=crypto:${'inline:'.repeat(9_000)}`,
      `\r\n\r\nk=${'a'.repeat(60_000)}`,
      `Authorization: Digest nonce${'\r\n '.repeat(20_000)}=`,
    ];
    const started = performance.now();
    for (const text of nasty) expect(typeof redactMessage(`${INVITE}\r\n${text}`)).toBe('string');
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
