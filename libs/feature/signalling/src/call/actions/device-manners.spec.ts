import { STANDARD_PROFILE, type DeviceQuirks } from '@carillon/domain';
import { expect, it } from 'vitest';
import { deviceManners } from './device-manners.js';

const headers = { 'P-Asserted-Identity': '"Ann" <sip:1001@a.test>', 'Alert-Info': '<urn:alert:source:internal>' };
const mannersWith = (quirks: Partial<DeviceQuirks>) =>
  deviceManners(
    { userAgent: 'Odd/1', protocol: 'udp' },
    [{ name: 'Odd', userAgent: 'odd', quirks: { ...STANDARD_PROFILE.quirks, ...quirks } }],
    headers,
  );

it('leaves the call as it is for a phone without quirks', () => {
  expect(mannersWith({})).toEqual({ headers });
});

it('switches off what a phone cannot do', () => {
  expect(mannersWith({ reliableProvisional: false, sessionTimer: false })).toMatchObject({
    reliableProvisional: 'off',
    sessionTimer: { expiresSeconds: 0 },
  });
});

it('tells who calls where the phone reads it', () => {
  expect(mannersWith({ callerIdentity: 'from' }).headers).toEqual({ 'Alert-Info': headers['Alert-Info'] });
  expect(mannersWith({ callerIdentity: 'remote-party-id' }).headers).toMatchObject({
    ...headers,
    'Remote-Party-ID': '"Ann" <sip:1001@a.test>;party=calling;privacy=off;screen=yes',
  });
});
