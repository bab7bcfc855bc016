import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { StartRefusal } from './start-refusal.js';
import type { ListenAddress, Settings } from './settings.js';

/** The lines of Node with long-term support, each from where the packages work; what is newer than the last is taken, too. */
const NODE_LINES = [
  [20, 19],
  [22, 12],
  [24, 0],
] as const;

/** @throws {StartRefusal} `START.NODE_UNFIT` */
export function assertNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [newest] = NODE_LINES[2];
  if (major >= newest || NODE_LINES.some(([line, least]) => major === line && minor >= least)) return;
  throw new StartRefusal(
    'START.NODE_UNFIT',
    `Carillon needs Node 24, 22.12 or 20.19 (or newer ones of these lines), and this is Node ${version}.`,
  );
}

type PortUse = { readonly kind: 'tcp' | 'udp'; readonly setting: string } & ListenAddress;

function tryTcp({ host, port }: ListenAddress): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => settle(error));
    server.listen({ host, port, exclusive: true }, () => server.close(() => settle(undefined)));
  });
}

function tryUdp({ host, port }: ListenAddress): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((settle) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error));
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => settle(undefined)));
  });
}

function explain({ kind, setting, host, port }: PortUse, error: NodeJS.ErrnoException): StartRefusal {
  const where = `${kind.toUpperCase()} port ${port} on ${host}`;
  const advice = `free it or set ${setting} to another`;
  if (error.code === 'EADDRINUSE')
    return new StartRefusal('START.PORT_TAKEN', `${where} is already in use: ${advice}.`, { cause: error });
  if (error.code === 'EACCES')
    return new StartRefusal('START.PORT_FORBIDDEN', `This user may not listen on ${where}: ${advice}.`, {
      cause: error,
    });
  if (error.code === 'EADDRNOTAVAIL')
    return new StartRefusal(
      'START.ADDRESS_UNKNOWN',
      `This machine has no address ${host}: set ${setting.replace(/_(?:TLS_|WSS_)?PORT$/, '_HOST')} to one that it has.`,
      { cause: error },
    );
  return new StartRefusal('START.PORT_UNUSABLE', `Cannot listen on ${where}: ${error.message}.`, { cause: error });
}

/** Checks every port that the settings name. @throws {StartRefusal} naming the first that cannot be used */
export async function assertPortsFree(settings: Settings): Promise<void> {
  const uses: PortUse[] = [
    { kind: 'tcp', setting: 'CARILLON_HTTP_PORT', ...settings.http },
    { kind: 'udp', setting: 'CARILLON_SIP_PORT', ...settings.sip },
    { kind: 'tcp', setting: 'CARILLON_SIP_PORT', ...settings.sip },
  ];
  const { host } = settings.sip;
  const { sipPort, wssPort } = settings.tls;
  if (sipPort !== undefined) uses.push({ kind: 'tcp', setting: 'CARILLON_SIP_TLS_PORT', host, port: sipPort });
  if (wssPort !== undefined) uses.push({ kind: 'tcp', setting: 'CARILLON_SIP_WSS_PORT', host, port: wssPort });
  for (const use of uses.filter(({ port }) => port !== 0)) {
    const error = await (use.kind === 'tcp' ? tryTcp(use) : tryUdp(use));
    if (error !== undefined) throw explain(use, error);
  }
}
