import type { UploadCertificate } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import { sealCertificateKey } from '@carillon/identity';
import {
  checkCertificate,
  CodedError,
  describeCertificate,
  isChainComplete,
  type GoodCertificate,
} from '@carillon/service-runtime';
import { invalid, notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { actorOf, type Acting, type GatewayServices } from './gateway-services.js';

/** Each is taken apart and made ready for handshakes whenever one changes. */
const MAX_CERTIFICATES = 100;

type Row = NonNullable<Awaited<ReturnType<Tx['sipCertificate']['findFirst']>>>;
type CertificateRoutes = 'listCertificates' | 'uploadCertificate' | 'makeDefaultCertificate' | 'removeCertificate';

/** Certificates of the installation: operators' work, with an audit entry in their own organisation. */
export const certificateRoutes = (services: GatewayServices): RouteHandlers<CertificateRoutes> => ({
  async listCertificates() {
    const rows = await services.database.asSystem('certificates', findAll);
    return { uploaded: rows.map(describe), filesFirst: services.settings.tls.certificates.length > 0 };
  },

  async uploadCertificate(request) {
    const certificate = check(services, request.body);
    const row = await change(services, (tx) =>
      upload(services, tx, { request, certificate, replaces: request.body.replaces }),
    );
    return describe(row);
  },

  async makeDefaultCertificate(request) {
    await change(services, async (tx) => {
      const row = await find(tx, request.params.certificateId);
      if (row.isDefault) return;
      await tx.sipCertificate.updateMany({ where: { isDefault: true }, data: { isDefault: false } });
      await tx.sipCertificate.update({ where: { id: row.id }, data: { isDefault: true } });
      await record(services, tx, { request, action: 'certificate.made-default', after: row });
    });
  },

  async removeCertificate(request) {
    await change(services, async (tx) => {
      const row = await find(tx, request.params.certificateId);
      await tx.sipCertificate.delete({ where: { id: row.id } });
      const [next] = await findAll(tx);
      if (row.isDefault && next !== undefined)
        await tx.sipCertificate.update({ where: { id: next.id }, data: { isDefault: true } });
      await record(services, tx, { request, action: 'certificate.removed', before: row });
    });
  },
});

/** In one transaction, one after the other; then signalling is told. */
async function change<Result>({ database, bus }: GatewayServices, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const result = await database.asSystem('certificates', async (tx) => {
    await tx.$executeRaw`LOCK TABLE sip_certificate IN SHARE ROW EXCLUSIVE MODE`;
    return work(tx);
  });
  bus.publish('sip.certificates-changed', {});
  return result;
}

function check({ clock }: GatewayServices, { chain, key }: UploadCertificate): GoodCertificate {
  const checked = checkCertificate({ chain, key }, clock.now());
  if (!checked.ok) throw invalid({ [checked.field]: checked.words });
  return checked.certificate;
}

interface Upload {
  readonly request: Acting;
  readonly certificate: GoodCertificate;
  readonly replaces: string | null;
}

async function upload(services: GatewayServices, tx: Tx, { request, certificate, replaces }: Upload): Promise<Row> {
  const before = replaces === null ? undefined : await find(tx, replaces);
  const others = (await findAll(tx)).filter(({ id }) => id !== replaces);
  assertFree(certificate.names, others);
  const { userId, displayName } = request.principal;
  const data = {
    ...{ chain: certificate.chain, keySealed: sealCertificateKey(services.box, certificate.key) },
    ...{ uploadedByUserId: userId, uploadedByName: displayName, uploadedAt: new Date(services.clock.now()) },
  };
  const row =
    before === undefined
      ? await tx.sipCertificate.create({ data: { ...data, isDefault: others.length === 0 } })
      : await tx.sipCertificate.update({ where: { id: before.id }, data });
  const action = before === undefined ? 'certificate.uploaded' : 'certificate.replaced';
  await record(services, tx, { request, action, before, after: row });
  return row;
}

/** Two for one name would leave it to their order which of them is shown. */
function assertFree(names: readonly string[], others: readonly Row[]): void {
  if (others.length >= MAX_CERTIFICATES)
    throw new CodedError(
      'CERTIFICATE.TOO_MANY',
      `There are ${MAX_CERTIFICATES} certificates already: remove some first`,
    );
  const taken = names.find((name) => others.some(({ chain }) => describeCertificate(chain).names.includes(name)));
  if (taken !== undefined)
    throw new CodedError(
      'CERTIFICATE.NAME_TAKEN',
      `There is a certificate for ${taken} already: replace that one, or remove it`,
    );
}

function findAll(tx: Tx): Promise<Row[]> {
  return tx.sipCertificate.findMany({ orderBy: [{ isDefault: 'desc' }, { uploadedAt: 'desc' }, { id: 'desc' }] });
}

async function find(tx: Tx, id: string): Promise<Row> {
  const row = await tx.sipCertificate.findUnique({ where: { id } });
  if (row === null) throw notFound('There is no such certificate');
  return row;
}

function describe(row: Row) {
  const { id, chain, isDefault, uploadedAt, uploadedByName } = row;
  return {
    ...describeCertificate(chain),
    ...{ certificateId: id, isDefault, isComplete: isChainComplete(chain) },
    ...{ uploadedAt: uploadedAt.toISOString(), uploadedBy: uploadedByName },
  };
}

interface Recorded {
  readonly request: Acting;
  readonly action: string;
  readonly before?: Row | undefined;
  readonly after?: Row | undefined;
}

function record({ audit }: GatewayServices, tx: Tx, { request, action, before, after }: Recorded): Promise<void> {
  const facts = (row: Row | undefined) => {
    if (row === undefined) return undefined;
    const { names, issuer, validTo, fingerprint } = describeCertificate(row.chain);
    return { names, issuer, validTo, fingerprint };
  };
  const target = facts(after ?? before)?.names[0] ?? 'certificate';
  return audit.record(tx, { actor: actorOf(request), action, target, before: facts(before), after: facts(after) });
}
