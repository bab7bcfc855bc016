import { expect, it } from 'vitest';
import { BUILT_IN_PROFILES, DeviceQuirks, profileOf, STANDARD_PROFILE, type DeviceProfile } from './device-profile.js';

const digestOf = (userAgent: string | null, protocol = 'udp', own: readonly DeviceProfile[] = []) =>
  profileOf({ userAgent, protocol }, own).quirks.digest;

it('knows phones by their User-Agent, in any case of letters', () => {
  expect(digestOf('baresip v1.0.0 (x86_64/linux)')).toBe('md5-only');
  expect(digestOf('baresip v3.5.1')).toBe('sha256-first');
  expect(digestOf('sofia-sip/1.12.11devel')).toBe('md5-only');
  expect(digestOf('Twinkle/1.10.2')).toBe('md5-only');
  expect(digestOf('LinphoneAndroid/5.1')).toBe('sha256-first');
  expect(digestOf('Yealink SIP-T46S 66.85')).toBe('md5-first');
  expect(digestOf(null)).toBe('md5-first');
});

it('takes what comes over a WebSocket for a browser', () => {
  expect(digestOf('SIP.js/0.21.2', 'wss')).toBe('md5-only');
  expect(digestOf('anything', 'ws')).toBe('md5-only');
});

it('lets the organisation decide before what is built in, in its order', () => {
  const own = [
    { name: 'Lobby', userAgent: 'Linphone-Desk', quirks: { ...STANDARD_PROFILE.quirks, digest: 'md5-only' as const } },
    { name: 'Rest', userAgent: 'linphone', quirks: { ...STANDARD_PROFILE.quirks, reliableProvisional: false } },
  ];
  expect(profileOf({ userAgent: 'linphone-desk/2', protocol: 'tcp' }, own).name).toBe('Lobby');
  expect(profileOf({ userAgent: 'Linphone/5', protocol: 'tcp' }, own).quirks.reliableProvisional).toBe(false);
});

it('takes the sips: of phones that write it over any TLS for their first hop, and that of others for every hop', () => {
  const sipsOf = (userAgent: string) => profileOf({ userAgent, protocol: 'tls' }, []).quirks.sips;
  expect(sipsOf('Grandstream GXP2170 1.0.11.79')).toBe('first-hop');
  expect(sipsOf('Yealink SIP-T46S 66.85')).toBe('every-hop');
});

it('reads quirks that were stored before there was one more', () => {
  const { sips: _, mediaEncryption: __, ...stored } = STANDARD_PROFILE.quirks;
  expect(DeviceQuirks.parse(stored)).toEqual(STANDARD_PROFILE.quirks);
});

it('has built-in profiles with names of their own', () => {
  expect(new Set(BUILT_IN_PROFILES.map(({ name }) => name)).size).toBe(BUILT_IN_PROFILES.length);
});
