import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** How a socket of both families writes an address of IPv4 (RFC 4291 §2.5.5.2). */
const MAPPED = '::ffff:';

/**
 * A socket at this port alone. On `::` it hears both families: peers of IPv4 have addresses of IPv4 there too, coming and going.
 * @param address numeric, as all that it sends to are
 * Rejects with the system's error (EADDRINUSE, EADDRNOTAVAIL) when the port cannot be bound.
 */
export function bindUdpSocket(address: string, port: number): Promise<Socket> {
  const isBoth = isIPv6(address);
  return new Promise((settle, fail) => {
    const socket = createSocket({
      type: isBoth ? 'udp6' : 'udp4',
      // The system's resolver would only cost a thread hop for each packet.
      lookup: (host, _options, done) => {
        if (isBoth) done(null, isIPv6(host) ? host : MAPPED + host, 6);
        else done(null, host, 4);
      },
    });
    // Before whoever else listens: they are given the same object.
    if (isBoth) socket.on('message', unmapAddress);
    const refused = (error: Error): void => {
      socket.close();
      fail(error);
    };
    socket.once('error', refused);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', refused);
      settle(socket);
    });
  });
}

function unmapAddress(_bytes: Buffer, from: RemoteInfo): void {
  const { address } = from;
  if (!address.startsWith(MAPPED)) return;
  from.address = address.slice(MAPPED.length);
  from.family = 'IPv4';
}
