import { describe, expect, it } from 'vitest';
import { webRtcHost } from './web-rtc-host.js';

const hostOf = (http: string, sip: string) =>
  webRtcHost({ http: { host: http, port: 8080 }, sip: { host: sip, port: 5060 } });

describe('where media of browsers is taken', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1', '0.0.0.0'],
    ['192.0.2.10', '0.0.0.0', '192.0.2.10'],
    ['0.0.0.0', '::', '::'],
    ['192.0.2.10', '::', '192.0.2.10'],
  ])('HTTP on %s, SIP on %s: %s', (http, sip, host) => expect(hostOf(http, sip)).toBe(host));

  it.each(['127.0.0.1', '127.0.0.5', '::1', 'localhost'])('is where phones come to behind a proxy on %s', (http) =>
    expect(hostOf(http, '0.0.0.0')).toBe('0.0.0.0'),
  );
});
