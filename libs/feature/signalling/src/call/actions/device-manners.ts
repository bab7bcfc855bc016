import { profileOf, type DeviceProfile } from '@carillon/domain';
import type { HeaderFields, InviteOptions } from '@carillon/sip-stack';
import type { Binding } from '../../registrar/binding.js';

/** Session timers off (RFC 4028). */
const NO_TIMER = { expiresSeconds: 0, minimumSeconds: 90 } as const;

type Manners = Pick<InviteOptions, 'reliableProvisional' | 'sessionTimer'> & { readonly headers: HeaderFields };

/** How a phone wants to be called, by what is known of its kind. @param headers of the INVITE as any phone gets it */
export function deviceManners(
  { userAgent, protocol }: Pick<Binding, 'userAgent' | 'protocol'>,
  profiles: readonly DeviceProfile[],
  headers: HeaderFields,
): Manners {
  const { quirks } = profileOf({ userAgent, protocol }, profiles);
  return {
    headers: identityFor(quirks.callerIdentity, headers),
    ...(quirks.reliableProvisional ? {} : { reliableProvisional: 'off' as const }),
    ...(quirks.sessionTimer ? {} : { sessionTimer: NO_TIMER }),
  };
}

function identityFor(kind: 'asserted' | 'remote-party-id' | 'from', headers: HeaderFields): HeaderFields {
  // Looked at before anything is copied: nearly every phone takes them as they are.
  if (kind === 'asserted' || headers['P-Asserted-Identity'] === undefined) return headers;
  const { 'P-Asserted-Identity': asserted, ...others } = headers;
  if (kind === 'from') return others;
  const [address] = typeof asserted === 'string' ? [asserted] : asserted;
  const privacy = 'Privacy' in headers && headers['Privacy'] !== 'none' ? 'full' : 'off';
  return { ...headers, 'Remote-Party-ID': `${address};party=calling;privacy=${privacy};screen=yes` };
}
