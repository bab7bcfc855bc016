import type { Socket as DatagramSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import { createRequire } from 'node:module';
import type { Logger } from '../logger.js';

/** Socket options as the systems number them: RFC 2474 calls the octet DS field, sockets still call it TOS. */
const OPTIONS = {
  linux: { ipv4: { level: 0, name: 1 }, ipv6: { level: 41, name: 67 } },
  darwin: { ipv4: { level: 0, name: 3 }, ipv6: { level: 41, name: 36 } },
} as const;
/** The two bits below the code point belong to congestion notification (RFC 3168). */
const DSCP_SHIFT = 2;

type SetOption = (descriptor: number, level: number, name: number, value: Buffer, length: number) => number;

/** Marks the packets of a socket. Does nothing where that is not possible. */
export type MarkSocket = (socket: DatagramSocket | Socket | Server, family: 4 | 6) => void;

/**
 * Makes the function that marks SIP sockets with a differentiated services code point, so that routers prefer them.
 * Node has no call for it, so the system's `setsockopt` is called; where that cannot be loaded, one warning says so
 * and packets go unmarked.
 * @param dscp 0 to 63; 24 is CS3, the class for signalling of RFC 4594
 */
export function socketMarker(dscp: number | undefined, logger: Logger): MarkSocket {
  if (dscp === undefined || dscp === 0) return () => undefined;
  const options = process.platform === 'linux' || process.platform === 'darwin' ? OPTIONS[process.platform] : undefined;
  const set = options === undefined ? undefined : loadSetOption(logger);
  if (options === undefined || set === undefined) {
    logger.warn({ dscp }, 'SIP packets are not marked (DSCP): this system offers no way');
    return () => undefined;
  }
  const value = Buffer.alloc(4);
  value[process.arch === 's390x' ? 3 : 0] = dscp << DSCP_SHIFT;
  let warned = false;
  return (socket, family) => {
    const descriptor = descriptorOf(socket);
    const { level, name } = family === 6 ? options.ipv6 : options.ipv4;
    if (descriptor !== undefined && set(descriptor, level, name, value, value.length) === 0) return;
    if (!warned) logger.warn({ dscp }, 'A socket could not be marked (DSCP)');
    warned = true;
  };
}

function loadSetOption(logger: Logger): SetOption | undefined {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    return koffi
      .load(null)
      .func('int setsockopt(int descriptor, int level, int name, const void *value, uint32_t length)') as SetOption;
  } catch (error) {
    logger.debug({ error: error instanceof Error ? error.message : String(error) }, 'setsockopt cannot be loaded');
    return undefined;
  }
}

/** The system's number of a socket, which Node keeps to itself: on the handle, behind a symbol for datagrams. */
export function descriptorOf(socket: object): number | undefined {
  const state = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'state symbol');
  const holder: unknown = state === undefined ? socket : Reflect.get(socket, state);
  if (typeof holder !== 'object' || holder === null) return undefined;
  const handle: unknown = Reflect.get(holder, state === undefined ? '_handle' : 'handle');
  if (typeof handle !== 'object' || handle === null) return undefined;
  const descriptor: unknown = Reflect.get(handle, 'fd');
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : undefined;
}
