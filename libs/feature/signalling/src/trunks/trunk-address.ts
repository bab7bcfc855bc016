import { sipUri } from '@carillon/sip-message';
import type { Trunk } from './trunk.js';

/** A URI at the other side of a trunk, as requests go there. @param user undefined names the server itself */
export function trunkUri({ host, port, transport }: Trunk, user?: string): string {
  return sipUri({
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(transport === 'udp' ? {} : { parameters: `;transport=${transport}` }),
  });
}

/** The same as an address of record: without how it is reached. */
export function trunkAddress({ host }: Trunk, user: string): string {
  return sipUri({ user, host });
}
