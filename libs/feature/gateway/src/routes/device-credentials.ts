import type { Tx } from '@carillon/database';
import { newSipCredentials } from '@carillon/identity';
import type { SipAddresses } from './sip-addresses.js';

const MOST_TRIES = 100;

/** A SIP user name that is free in the organisation: the extension, or the mail address's first part; then with a number. */
async function freeSipUsername(tx: Tx, wanted: string): Promise<string> {
  const base = wanted.toLowerCase().replace(/[^a-z0-9._-]/g, '') || 'phone';
  const taken = await tx.device.findMany({
    where: { sipUsername: { startsWith: base } },
    select: { sipUsername: true },
  });
  const names = new Set(taken.map(({ sipUsername }) => sipUsername));
  if (!names.has(base)) return base;
  for (let number = 2; number < MOST_TRIES; number++) if (!names.has(`${base}-${number}`)) return `${base}-${number}`;
  return `${base}-${crypto.randomUUID().slice(0, 8)}`;
}

interface Owner {
  readonly organisationId: string;
  readonly id: string;
  readonly email: string;
  readonly extension: { readonly number: string } | null;
}

async function domainOf(tx: Tx, organisationId: string): Promise<string> {
  return (await tx.organisation.findUniqueOrThrow({ where: { id: organisationId } })).sipDomain;
}

/** Makes a device for a user. The password is in the answer and nowhere else. */
export async function createDevice(tx: Tx, addresses: SipAddresses, user: Owner, name: string) {
  const { organisationId, id: userId } = user;
  const domain = await domainOf(tx, organisationId);
  const sipUsername = await freeSipUsername(tx, user.extension?.number ?? user.email.split('@')[0] ?? '');
  const { sipPassword, ha1 } = newSipCredentials(sipUsername, domain);
  const { id: deviceId } = await tx.device.create({ data: { organisationId, userId, name, sipUsername, ...ha1 } });
  return { deviceId, sipUsername, sipPassword, domain, ...addresses };
}

/** Gives a device a new password; the one before it is void. */
export async function renewDevice(
  tx: Tx,
  addresses: SipAddresses,
  device: { id: string; organisationId: string; sipUsername: string },
) {
  const domain = await domainOf(tx, device.organisationId);
  const { sipPassword, ha1 } = newSipCredentials(device.sipUsername, domain);
  await tx.device.update({ where: { id: device.id }, data: ha1 });
  return { deviceId: device.id, sipUsername: device.sipUsername, sipPassword, domain, ...addresses };
}
