import type { Database, Tx } from '@carillon/database';
import { hashPassword } from './password-hash.js';
import { newGuestToken, sealRoomPin } from './room-secrets.js';
import type { SecretBox } from './secret-box.js';
import { newSipCredentials } from './sip-credentials.js';
import { newPassword, newPin } from './tokens.js';

export interface DemoStaff {
  readonly extension: string;
  readonly email: string;
  readonly password: string;
  readonly sipUser: string;
  readonly sipPassword: string;
  readonly voicemailPin: string;
}

/** What was made, with the generated secrets: they are told this once. */
export interface DemoSeed {
  readonly organisationId: string;
  readonly domain: string;
  readonly admin: { readonly email: string; readonly password: string };
  readonly staff: readonly DemoStaff[];
  readonly ringGroup: string;
  readonly ivr: string;
  readonly echo: string;
  readonly voicemail: string;
  readonly room: {
    readonly roomId: string;
    readonly extension: string;
    readonly pin: string;
    readonly guestToken: string;
  };
}

const STAFF = [
  ['1001', 'Alice Archer'],
  ['1002', 'Bob Baker'],
  ['1003', 'Carol Chandler'],
  ['1004', 'Dave Draper'],
  ['1005', 'Erin Farrier'],
  ['1006', 'Frank Gardener'],
] as const;
const NUMBERS = { ringGroup: '1100', ivr: '1200', voicemail: '*97', echo: '*43', room: '1300' } as const;
const WELCOME =
  'Welcome to Carillon. To reach the team, press 1. To leave a message, press 2. ' +
  'To dial an extension, press 3. To hear this again, press 9.';
const SEED_MARK = 'demo-seeded';

interface PlannedStaff extends DemoStaff {
  readonly name: string;
  readonly passwordHash: string;
  readonly pinHash: string;
  readonly ha1: { readonly ha1Md5: string; readonly ha1Sha256: string };
}

/** Hashing takes time: done before the transaction. */
async function planStaff(domain: string): Promise<PlannedStaff[]> {
  return Promise.all(
    STAFF.map(async ([extension, name]) => {
      const [first = name] = name.toLowerCase().split(' ');
      const password = newPassword();
      const voicemailPin = newPin();
      const { sipPassword, ha1 } = newSipCredentials(extension, domain);
      return {
        ...{
          extension,
          name,
          email: `${first}@${domain}`,
          password,
          sipUser: extension,
          sipPassword,
          voicemailPin,
          ha1,
        },
        passwordHash: await hashPassword(password),
        pinHash: await hashPassword(voicemailPin),
      };
    }),
  );
}

async function createStaff(tx: Tx, organisationId: string, staff: readonly PlannedStaff[]) {
  const made: { userId: string; mailboxId: string }[] = [];
  for (const { extension, name, email, passwordHash, pinHash, ha1 } of staff) {
    const own = { organisationId };
    const { id: userId } = await tx.user.create({ data: { ...own, email, displayName: name, passwordHash } });
    await tx.extension.create({ data: { ...own, number: extension, kind: 'user', userId } });
    await tx.device.create({ data: { ...own, userId, name: 'Desk phone', sipUsername: extension, ...ha1 } });
    const { id: mailboxId } = await tx.mailbox.create({ data: { ...own, userId, pinHash } });
    made.push({ userId, mailboxId });
  }
  return made;
}

async function createNumbers(tx: Tx, organisationId: string, people: readonly { userId: string; mailboxId: string }[]) {
  const own = { organisationId };
  const operator = people[0];
  if (operator === undefined) throw new TypeError('A demonstration without staff');
  const group = await tx.ringGroup.create({ data: { ...own, name: 'Team', ringSeconds: 25 } });
  const members = people.slice(0, 3);
  await tx.ringGroupMember.createMany({
    data: members.map(({ userId }, position) => ({ ...own, ringGroupId: group.id, userId, position })),
  });
  await tx.extension.create({ data: { ...own, number: NUMBERS.ringGroup, kind: 'group', ringGroupId: group.id } });
  const menu = await tx.ivrMenu.create({
    data: { ...own, name: 'Reception', welcomeText: WELCOME, operatorUserId: operator.userId },
  });
  const entry = { ...own, ivrMenuId: menu.id };
  await tx.ivrEntry.createMany({
    data: [
      { ...entry, digit: '1', action: 'group', ringGroupId: group.id },
      { ...entry, digit: '2', action: 'voicemail', mailboxId: operator.mailboxId },
      { ...entry, digit: '3', action: 'dial-extension' },
      { ...entry, digit: '9', action: 'repeat' },
    ],
  });
  await tx.extension.create({ data: { ...own, number: NUMBERS.ivr, kind: 'ivr', ivrMenuId: menu.id } });
  await tx.extension.create({ data: { ...own, number: NUMBERS.voicemail, kind: 'voicemail' } });
  await tx.extension.create({ data: { ...own, number: NUMBERS.echo, kind: 'echo' } });
  return operator.userId;
}

/**
 * Makes the demonstration organisation, once per database. All secrets are random.
 * @param domain its SIP domain
 * @param keep writes the secrets down; runs before the commit, so that no installation exists whose secrets are lost
 * @returns undefined where it was made before
 */
export async function seedDemo(
  database: Database,
  box: SecretBox,
  domain: string,
  keep: (seed: DemoSeed) => void = () => undefined,
): Promise<DemoSeed | undefined> {
  const done = await database.asSystem('seed check', (tx) => tx.meta.findUnique({ where: { key: SEED_MARK } }));
  if (done !== null) return undefined;
  const admin = { email: `admin@${domain}`, password: newPassword() };
  const adminHash = await hashPassword(admin.password);
  const staff = await planStaff(domain);
  const pin = newPin();
  const { token: guestToken, ...guestColumns } = newGuestToken(box);
  return database.asSystem('seed', async (tx) => {
    const { id: organisationId } = await tx.organisation.create({
      data: { slug: 'demo', name: 'Demo', sipDomain: domain },
    });
    await tx.user.create({
      data: {
        organisationId,
        email: admin.email,
        displayName: 'Administrator',
        role: 'admin',
        isOperator: true,
        passwordHash: adminHash,
        mustChangePassword: true,
      },
    });
    const people = await createStaff(tx, organisationId, staff);
    const hostUserId = await createNumbers(tx, organisationId, people);
    const room = await tx.room.create({
      data: {
        organisationId,
        name: 'Meeting room',
        lobby: true,
        hostUserId,
        pinSealed: sealRoomPin(box, pin),
        ...guestColumns,
      },
    });
    await tx.extension.create({ data: { organisationId, number: NUMBERS.room, kind: 'room', roomId: room.id } });
    await tx.meta.create({ data: { key: SEED_MARK, value: { organisationId } } });
    const seed: DemoSeed = {
      ...{ organisationId, domain, admin },
      staff: staff.map(({ extension, email, password, sipUser, sipPassword, voicemailPin }) => ({
        ...{ extension, email, password, sipUser, sipPassword, voicemailPin },
      })),
      ...{ ringGroup: NUMBERS.ringGroup, ivr: NUMBERS.ivr, echo: NUMBERS.echo, voicemail: NUMBERS.voicemail },
      room: { roomId: room.id, extension: NUMBERS.room, pin, guestToken },
    };
    keep(seed);
    return seed;
  });
}
