import type { Network } from './network.js';
import { openTcpTransport } from './tcp-transport.js';
import { openTlsTransport } from './tls-transport.js';
import { openUdpTransport } from './udp-transport.js';
import { openWsTransport, webSocketTransport } from './ws-transport.js';

/** The machine's own network. */
export const socketNetwork: Network = {
  listen: (address, context) => {
    switch (address.protocol) {
      case 'udp':
        return openUdpTransport(address, context);
      case 'tcp':
        return openTcpTransport(address, context);
      case 'tls':
        return openTlsTransport(address, context);
      case 'ws':
      case 'wss':
        return openWsTransport(address, context);
    }
  },
  webSockets: (host, context) => webSocketTransport(context, { protocol: 'ws', host, port: 0 }),
};
