import { createHash } from 'node:crypto';
import type { Database } from '@carillon/database';
import { newSipPassword } from './tokens.js';

export interface Ha1 {
  /** H(username ":" realm ":" password), hex (RFC 7616 §3.4.2). */
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
}

/** @param realm the organisation's SIP domain */
export function computeHa1(username: string, realm: string, password: string): Ha1 {
  const text = `${username}:${realm}:${password}`;
  const digest = (algorithm: 'md5' | 'sha256'): string => createHash(algorithm).update(text, 'utf8').digest('hex');
  return { ha1Md5: digest('md5'), ha1Sha256: digest('sha256') };
}

/** A new password for a device, shown once, and the columns of `device` that keep what digest needs of it. */
export function newSipCredentials(sipUsername: string, realm: string): { sipPassword: string; ha1: Ha1 } {
  const sipPassword = newSipPassword();
  return { sipPassword, ha1: computeHa1(sipUsername, realm, sipPassword) };
}

/** A device as its digest names it. */
export interface SipAccount extends Ha1 {
  readonly organisationId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly sipUsername: string;
  readonly deviceName: string;
  readonly displayName: string;
  readonly extension: string | null;
}

/**
 * The device of this user name in the organisation of this SIP domain; undefined where there is none, or it or its user
 * is disabled. @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
export function findSipAccount(
  database: Database,
  sipDomain: string,
  sipUsername: string,
): Promise<SipAccount | undefined> {
  return database.asSystem('SIP digest', async (tx) => {
    const device = await tx.device.findFirst({
      where: {
        sipUsername,
        disabledAt: null,
        organisation: { sipDomain: sipDomain.toLowerCase() },
        user: { disabledAt: null },
      },
      include: { user: { include: { extension: true } } },
    });
    if (device === null) return undefined;
    const { id, name, organisationId, userId, ha1Md5, ha1Sha256, user } = device;
    return {
      ...{ organisationId, userId, deviceId: id, sipUsername: device.sipUsername, deviceName: name, ha1Md5, ha1Sha256 },
      displayName: user.displayName,
      extension: user.extension?.number ?? null,
    };
  });
}
