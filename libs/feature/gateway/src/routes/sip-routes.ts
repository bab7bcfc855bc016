import { SipSettings } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import { accepted } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

/** What each setting is called in the audit log. */
const ACTIONS: Readonly<Record<keyof SipSettings, string>> = {
  sipRole: 'sip-role.changed',
  ringSeconds: 'ring-time.changed',
  followRedirects: 'call-forwarding.changed',
  holdMusic: 'hold-music.changed',
  privateHeaders: 'private-headers.changed',
  digest: 'password-policy.changed',
  registration: 'registration-policy.changed',
};

/** What an organisation decides about SIP, and how SIP over TLS stands. */
export const sipRoutes = (services: GatewayServices): RouteHandlers<'sipChoices' | 'saveSipChoices' | 'sipTls'> => ({
  sipChoices: (request) =>
    inOwnOrganisation(services, request, (tx) => readChoices(tx, request.principal.organisationId)),

  saveSipChoices: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { organisationId } = request.principal;
      const before = await readChoices(tx, organisationId);
      const given = Object.entries(request.body).filter(([, value]) => value !== undefined);
      const after: SipSettings = { ...before, ...Object.fromEntries(given) };
      // What others keep in there stays.
      await tx.$executeRaw`
        UPDATE organisation SET settings = settings || ${JSON.stringify(after)}::jsonb WHERE id = ${organisationId}::uuid`;
      for (const name of Object.keys(ACTIONS) as (keyof SipSettings)[]) {
        if (JSON.stringify(before[name]) === JSON.stringify(after[name])) continue;
        await services.audit.record(tx, {
          ...{ actor: actorOf(request), action: ACTIONS[name], target: 'SIP' },
          ...{ before: { [name]: before[name] }, after: { [name]: after[name] } },
        });
      }
      return after;
    }),

  async sipTls({ principal }) {
    const { tls } = accepted(await services.bus.call('sip.describe-tls', {}));
    // Where things are on the server is for those who look after it.
    if (principal.isOperator) return tls;
    return { ...tls, certificates: tls.certificates.map((one) => ({ ...one, chainFile: null, keyFile: null })) };
  },
});

async function readChoices(tx: Tx, organisationId: string): Promise<SipSettings> {
  const { settings } = await tx.organisation.findUniqueOrThrow({ where: { id: organisationId } });
  return SipSettings.safeParse(settings).data ?? SipSettings.parse({});
}
