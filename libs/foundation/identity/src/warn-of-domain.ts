import type { Database } from '@carillon/database';
import { DEFAULT_SIP_DOMAIN, type Logger, type Settings } from '@carillon/service-runtime';

/**
 * Says so where the settings name another SIP domain than this installation has: it counts when the first organisation is
 * made, for every phone's password is checked with it, and nothing would change though somebody expects it.
 */
export async function warnOfDomain(
  database: Database,
  { sipDomain }: Pick<Settings, 'sipDomain'>,
  logger: Logger,
): Promise<void> {
  if (sipDomain === DEFAULT_SIP_DOMAIN) return;
  const organisations = await database.asSystem('SIP domains', (tx) =>
    tx.organisation.findMany({ select: { sipDomain: true }, orderBy: { createdAt: 'asc' } }),
  );
  const domains = organisations.map((one) => one.sipDomain);
  if (domains.includes(sipDomain)) return;
  logger.warn(
    { domains },
    `CARILLON_SIP_DOMAIN=${sipDomain} has no effect: it counts at the first start, and phones register at ${domains.join(', ')}`,
  );
}
