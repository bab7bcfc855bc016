import { sipUri } from '@carillon/sip-message';
import type { Trunk } from './trunk.js';

/**
 * A URI at the other side of a trunk, as requests go there.
 * @param user undefined names the server itself
 * @param secure of a request that goes over TLS alone; that it does needs no further word then (RFC 5630 §5.1.1)
 */
export function trunkUri({ host, port, transport }: Trunk, user?: string, secure = false): string {
  return sipUri({
    scheme: secure ? 'sips' : 'sip',
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(transport === 'udp' || secure ? {} : { parameters: `;transport=${transport}` }),
  });
}

/** The same as an address of record: without how it is reached. */
export function trunkAddress({ host }: Trunk, user: string, secure = false): string {
  return sipUri({ scheme: secure ? 'sips' : 'sip', user, host });
}
