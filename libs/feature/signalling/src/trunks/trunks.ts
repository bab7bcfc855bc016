import { buildNameAddress, sipUri } from '@carillon/sip-message';
import type { RequestTarget } from '@carillon/sip-stack';
import type { Trunk } from './trunk.js';

/** The way out over trunks. */
export class Trunks {
  /** How a request for a number gets to the other side. */
  reach(trunk: Trunk, number: string): Pick<RequestTarget, 'target' | 'to'> {
    const { host, port, transport } = trunk;
    const to = sipUri({ user: number, host, ...(port === undefined ? {} : { port }) });
    const parameters = transport === 'udp' ? '' : `;transport=${transport}`;
    return { target: `${to}${parameters}`, to: buildNameAddress({ uri: to }) };
  }
}
