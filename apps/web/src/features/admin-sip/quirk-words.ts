import type { DeviceQuirks } from '@carillon/domain';

/** What each choice is called. */
export const digestWords: Readonly<Record<DeviceQuirks['digest'], string>> = {
  'sha256-first': 'SHA-256 first, then MD5',
  'md5-first': 'MD5 first, then SHA-256',
  'md5-only': 'MD5 only',
};

export const identityWords: Readonly<Record<DeviceQuirks['callerIdentity'], string>> = {
  asserted: 'P-Asserted-Identity',
  'remote-party-id': 'P-Asserted-Identity and Remote-Party-ID',
  from: 'From only',
};

export const encryptionWords: Readonly<Record<DeviceQuirks['mediaEncryption'], string>> = {
  auto: 'As it registered, else the other way',
  none: 'Never',
  'srtp-optional': 'SRTP where it can',
  srtp: 'SRTP always',
  dtls: 'DTLS-SRTP (browsers and some desk phones)',
};

export const sipsWords: Readonly<Record<DeviceQuirks['sips'], string>> = {
  'every-hop': 'TLS on every hop, or no call',
  'first-hop': 'TLS to Carillon alone',
};

/** What is different for these phones, in a few words. */
export function quirksInWords(quirks: DeviceQuirks): string {
  const { digest, reliableProvisional, sessionTimer, callerIdentity, mediaEncryption, sips } = quirks;
  return [
    digestWords[digest],
    ...(reliableProvisional ? [] : ['no 100rel']),
    ...(sessionTimer ? [] : ['no session timers']),
    ...(callerIdentity === 'asserted' ? [] : [identityWords[callerIdentity]]),
    ...(mediaEncryption === 'auto' ? [] : [`encrypted: ${encryptionWords[mediaEncryption]}`]),
    ...(sips === 'every-hop' ? [] : ['sips: means TLS to Carillon alone']),
  ].join(' · ');
}
