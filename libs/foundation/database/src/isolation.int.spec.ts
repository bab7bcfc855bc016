import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICE_ROLE } from './database.js';
import { openTestDatabase, type TestDatabase } from './testing.js';

/** Of no organisation: the system alone sees them. */
const OF_THE_INSTALLATION: ReadonlySet<string> = new Set(['meta', 'sip_ban', 'sip_certificate', 'sip_safe_network']);

let opened: TestDatabase;
/** As the service connects: its role, and no scope. */
let service: pg.Client;
const organisations: string[] = [];
let tables: string[] = [];

/** One row in every table for the organisation. */
async function fill(slug: string): Promise<string> {
  return opened.database.asSystem('test data', async (tx) => {
    const { id: organisationId } = await tx.organisation.create({
      data: { slug, name: slug, sipDomain: `${slug}.test` },
    });
    const own = { organisationId };
    const user = await tx.user.create({
      data: { ...own, email: `a@${slug}.test`, displayName: 'A', passwordHash: '-' },
    });
    const hour = new Date(Date.now() + 3_600_000);
    const userId = user.id;
    await tx.session.create({
      data: { ...own, userId, tokenHash: slug, csrf: '-', address: '-', userAgent: '-', expiresAt: hour },
    });
    await tx.extension.create({ data: { ...own, number: '1001', kind: 'user', userId } });
    const device = await tx.device.create({
      data: { ...own, userId, name: 'Phone', sipUsername: '1001', ha1Md5: '-', ha1Sha256: '-' },
    });
    await tx.registrationBinding.create({
      data: {
        ...own,
        deviceId: device.id,
        bindingKey: 'sip:x',
        contactUri: 'sip:x',
        source: '-',
        protocol: 'udp',
        callId: '-',
        cseq: 1,
        expiresAt: hour,
      },
    });
    await tx.trunk.create({ data: { ...own, name: 'Trunk', host: 'provider.test' } });
    const group = await tx.ringGroup.create({ data: { ...own, name: 'Group' } });
    await tx.ringGroupMember.create({ data: { ...own, ringGroupId: group.id, userId, position: 0 } });
    const menu = await tx.ivrMenu.create({ data: { ...own, name: 'Menu', welcomeText: 'Welcome' } });
    await tx.ivrEntry.create({
      data: { ...own, ivrMenuId: menu.id, digit: '1', action: 'group', ringGroupId: group.id },
    });
    await tx.room.create({ data: { ...own, name: 'Room' } });
    const mailbox = await tx.mailbox.create({ data: { ...own, userId, pinHash: '-' } });
    await tx.voicemailMessage.create({
      data: { ...own, mailboxId: mailbox.id, fromNumber: '1', durationMs: 1, path: '-', sizeBytes: 1, sha256: '-' },
    });
    const party = { fromNumber: '1', toNumber: '2', toKind: 'user', direction: 'internal' };
    await tx.call.create({
      data: { ...own, ...party, id: crypto.randomUUID(), startedAt: new Date(), involvedUserIds: [userId] },
    });
    await tx.callLadder.create({
      data: { ...own, callId: crypto.randomUUID(), createdAt: new Date(), size: 1, data: Buffer.from([0]) },
    });
    const conversation = await tx.conversation.create({ data: own });
    await tx.conversationMember.create({ data: { ...own, conversationId: conversation.id, userId } });
    await tx.chatMessage.create({
      data: {
        ...own,
        conversationId: conversation.id,
        sequence: 1,
        authorId: userId,
        body: '-',
        clientToken: crypto.randomUUID(),
      },
    });
    await tx.auditEntry.create({ data: { ...own, actorName: 'test', action: 'test.done', target: '-' } });
    await tx.meta.create({ data: { key: slug, value: 1 } });
    const ban = { reason: 'scanner', since: new Date(), until: hour, times: 1 };
    await tx.sipBan.create({ data: { source: slug, ...ban } });
    const by = { uploadedByUserId: userId, uploadedByName: 'test' };
    await tx.sipCertificate.create({ data: { chain: '-', keySealed: '-', ...by } });
    const added = { addedAt: new Date(), addedByUserId: userId, addedByName: 'test', addedIn: organisationId };
    await tx.sipSafeNetwork.create({ data: { network: slug, note: '-', ...added } });
    return organisationId;
  });
}

beforeAll(async () => {
  opened = await openTestDatabase();
  organisations.push(await fill('one'), await fill('two'));
  service = new pg.Client({ connectionString: opened.url, options: `-c role=${SERVICE_ROLE}` });
  await service.connect();
  const { rows } = await service.query<{ table_name: string }>(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  // The service may not even see Prisma's own table.
  tables = rows.map((row) => row.table_name).filter((name) => name !== '_prisma_migrations');
});

afterAll(async () => {
  await service?.end();
  await opened?.close();
});

async function countIn(table: string, organisationId: string): Promise<number> {
  await service.query('BEGIN');
  await service.query(`SELECT set_config('carillon.organisation', $1, true)`, [organisationId]);
  const { rows } = await service.query<{ count: string }>(`SELECT count(*) FROM "${table}"`);
  await service.query('ROLLBACK');
  return Number(rows[0]?.count);
}

describe('every table', () => {
  it('is filled by this test, is forced under row-level security, and is not owned by the service', async () => {
    expect(tables.length).toBeGreaterThanOrEqual(19);
    const admin = new pg.Client({ connectionString: opened.url });
    await admin.connect();
    try {
      const { rows } = await admin.query<{ relname: string; open: boolean; owner: string }>(
        `SELECT relname, NOT (relrowsecurity AND relforcerowsecurity) AS open, relowner::regrole::text AS owner
         FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations'`,
      );
      expect(rows.filter((row) => row.open || row.owner === SERVICE_ROLE)).toEqual([]);
      expect(rows.map((row) => row.relname).sort()).toEqual([...tables].sort());
      for (const table of tables) {
        const { rows: counted } = await admin.query<{ count: string }>(`SELECT count(*) FROM "${table}"`);
        expect([table, Number(counted[0]?.count)]).toEqual([table, 2]);
      }
    } finally {
      await admin.end();
    }
  });

  it('shows nothing without an organisation', async () => {
    for (const table of tables) {
      const { rows } = await service.query<{ count: string }>(`SELECT count(*) FROM "${table}"`);
      expect([table, Number(rows[0]?.count)]).toEqual([table, 0]);
    }
  });

  it('shows an organisation its own rows and no other', async () => {
    for (const table of tables) {
      expect([table, await countIn(table, crypto.randomUUID())]).toEqual([table, 0]);
      for (const organisation of organisations)
        expect([table, await countIn(table, organisation)]).toEqual([table, OF_THE_INSTALLATION.has(table) ? 0 : 1]);
    }
  });

  it('lets no row be changed, moved or made for another organisation', async () => {
    const [one = '', two = ''] = organisations;
    for (const table of tables.filter(
      (name) => !OF_THE_INSTALLATION.has(name) && !['organisation', 'audit_entry'].includes(name),
    )) {
      await service.query('BEGIN');
      await service.query(`SELECT set_config('carillon.organisation', $1, true)`, [one]);
      const { rowCount } = await service.query(`DELETE FROM "${table}" WHERE organisation_id = $1`, [two]);
      expect([table, rowCount]).toEqual([table, 0]);
      await expect(service.query(`UPDATE "${table}" SET organisation_id = $1`, [two])).rejects.toThrow(
        /row-level security|refers to nothing/,
      );
      await service.query('ROLLBACK');
    }
  });
});

describe('the service', () => {
  it('cannot alter or remove an audit entry, in no scope', async () => {
    const [one = ''] = organisations;
    await expect(opened.database.forOrganisation(one, (tx) => tx.auditEntry.deleteMany())).rejects.toThrow(
      /permission denied/,
    );
    await expect(
      opened.database.asSystem('test', (tx) => tx.auditEntry.updateMany({ data: { actorName: 'someone else' } })),
    ).rejects.toThrow(/permission denied/);
  });

  it('cannot refer to a row of another organisation', async () => {
    const [one = '', two = ''] = organisations;
    const foreign = await opened.database.forOrganisation(two, (tx) => tx.user.findFirstOrThrow());
    const group = await opened.database.forOrganisation(one, (tx) => tx.ringGroup.findFirstOrThrow());
    const join = { organisationId: one, ringGroupId: group.id, userId: foreign.id, position: 1 };
    await expect(
      opened.database.forOrganisation(one, (tx) => tx.ringGroupMember.create({ data: join })),
    ).rejects.toThrow(/oreign key/);
    await expect(opened.database.asSystem('test', (tx) => tx.ringGroupMember.create({ data: join }))).rejects.toThrow(
      /oreign key/,
    );
  });

  it('leaves no scope behind on a pooled connection', async () => {
    const [one = ''] = organisations;
    await opened.database.forOrganisation(one, (tx) => tx.user.count());
    await opened.database.asSystem('test', (tx) => tx.user.count());
    expect(await opened.database.forOrganisation(crypto.randomUUID(), (tx) => tx.user.count())).toBe(0);
    expect(await opened.database.asSystem('test', (tx) => tx.user.count())).toBe(2);
  });

  it('removes a user together with all that hangs on it', async () => {
    const id = await fill('three');
    await opened.database.forOrganisation(id, async (tx) => {
      await tx.user.deleteMany();
      expect(await tx.device.count()).toBe(0);
      expect(await tx.voicemailMessage.count()).toBe(0);
      expect(await tx.call.count()).toBe(1);
      // What the user wrote belongs to the others as well.
      expect(await tx.chatMessage.findMany({ select: { authorId: true } })).toEqual([{ authorId: null }]);
    });
    await opened.database.asSystem('test', (tx) => tx.organisation.delete({ where: { id } }));
  });
});
