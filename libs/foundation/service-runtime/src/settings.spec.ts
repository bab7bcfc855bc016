import { describe, expect, it } from 'vitest';
import { loadSettings, parseSettings } from './parse-settings.js';
import { StartRefusal } from './start-refusal.js';

describe('settings', () => {
  it('have defaults that bind to loopback', () => {
    expect(loadSettings({ PATH: '/bin', CARILLON_HTTP_PORT: '' })).toMatchObject({
      http: { host: '127.0.0.1', port: 8080 },
      sip: { host: '127.0.0.1', port: 5060 },
      advertisedAddress: '127.0.0.1',
      rtpPorts: { min: 20_000, max: 20_999 },
      sipDomain: 'demo.carillon.local',
      logLevel: 'info',
      trustedProxies: [],
      databaseUrl: undefined,
    });
  });

  it('are read from the environment', () => {
    const settings = loadSettings({
      CARILLON_DATA_DIR: '/tmp/x/../y',
      CARILLON_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8',
      CARILLON_SIP_HOST: '0.0.0.0',
      CARILLON_SIP_PORT: '15060',
      CARILLON_RTP_PORTS: '30000-30099',
      CARILLON_SIP_DOMAIN: 'PBX.Example.',
      DATABASE_URL: 'postgresql://u:p@db/carillon',
    });
    expect(settings).toMatchObject({
      dataDir: '/tmp/y',
      trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
      sip: { port: 15_060 },
      rtpPorts: { min: 30_000, max: 30_099 },
      sipDomain: 'pbx.example',
    });
    expect(settings.advertisedAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  });

  it('have an address of IPv6 where that is listened on', () => {
    expect(loadSettings({}).advertisedAddress6).toBeUndefined();
    expect(loadSettings({ CARILLON_SIP_HOST: '0.0.0.0' }).advertisedAddress6).toBeUndefined();
    expect(loadSettings({ CARILLON_SIP_HOST: '::' }).advertisedAddress6).toMatch(/^(?!fe80)[\da-f:]+$/);
    const given = { CARILLON_SIP_HOST: '::', CARILLON_ADVERTISED_ADDRESS_6: '2001:db8::10' };
    expect(loadSettings(given).advertisedAddress6).toBe('2001:db8::10');
    const wrong = parseSettings({ CARILLON_ADVERTISED_ADDRESS_6: '192.0.2.10' });
    expect(wrong.ok ? [] : wrong.problems).toEqual([
      'CARILLON_ADVERTISED_ADDRESS_6=192.0.2.10 is not an address of IPv6',
    ]);
  });

  it('put TLS beside the SIP port, with the certificates that they name', () => {
    expect(loadSettings({}).tls).toMatchObject({
      sipPort: 5061,
      wssPort: undefined,
      certificates: [],
      clients: undefined,
    });
    expect(loadSettings({ CARILLON_SIP_PORT: '15060' }).tls.sipPort).toBe(15_061);
    expect(loadSettings({ CARILLON_SIP_TLS_PORT: 'off' }).tls.sipPort).toBeUndefined();
    const { tls, sipDscp } = loadSettings({
      CARILLON_SIP_WSS_PORT: '7443',
      CARILLON_TLS_CERTIFICATE: '/a.pem, /b.pem',
      CARILLON_TLS_KEY: '/a.key,/b.key',
      CARILLON_TLS_CLIENT_CA: '/ca.pem',
      CARILLON_TLS_PEERS: 'Old.example=insecure,new.example=/new.pem',
      CARILLON_SIP_DSCP: '0',
    });
    expect(tls).toEqual({
      sipPort: 5061,
      wssPort: 7443,
      certificates: [
        { chainFile: '/a.pem', keyFile: '/a.key' },
        { chainFile: '/b.pem', keyFile: '/b.key' },
      ],
      clients: { authoritiesFile: '/ca.pem', certificate: 'requested' },
      peers: new Map([
        ['old.example', 'insecure'],
        ['new.example', '/new.pem'],
      ]),
    });
    expect(sipDscp).toBe(0);
    for (const wrong of [
      { CARILLON_TLS_CERTIFICATE: '/a.pem' },
      { CARILLON_SIP_TLS_PORT: '5060' },
      { CARILLON_SIP_TLS_PORT: 'no' },
      { CARILLON_SIP_DSCP: '64' },
      { CARILLON_TLS_PEERS: 'x' },
    ])
      expect(parseSettings(wrong)).toMatchObject({ ok: false });
  });

  it('are refused with one list of everything wrong, without secrets', () => {
    const outcome = parseSettings({
      CARILLON_HTTP_PORT: '70000',
      CARILLON_SIP_PORT: 'sip',
      CARILLON_SIP_HOST: 'not a host',
      CARILLON_RTP_PORTS: '30010-30000',
      CARILLON_LOG_LEVEL: 'loud',
      CARILLON_TRUSTED_PROXIES: '127.0.0.1,proxy.example',
      DATABASE_URL: 'mysql://user:hidden@db',
    });
    expect(outcome.ok).toBe(false);
    const problems = outcome.ok ? [] : outcome.problems;
    expect(problems).toHaveLength(7);
    expect(problems.join('\n')).toMatch(/CARILLON_HTTP_PORT=70000 is not a port number/);
    expect(problems.join('\n')).not.toContain('hidden');
    expect(() => loadSettings({ CARILLON_LOG_LEVEL: 'loud' })).toThrow(StartRefusal);
  });

  it('may not contradict one another', () => {
    expect(parseSettings({ CARILLON_SIP_PORT: '20010' })).toMatchObject({ ok: false });
    expect(parseSettings({ CARILLON_SIP_PORT: '8080' })).toMatchObject({ ok: false });
  });
});
