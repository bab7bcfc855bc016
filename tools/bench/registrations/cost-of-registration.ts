// CPU time of one authenticated registration (REGISTER, 401, REGISTER, 200) without sockets and database: what parser, stack,
// digest and registrar cost, and the memory of each binding.
//   node … cost-of-registration.ts [phones] [rounds]
import { createHash } from 'node:crypto';
import process from 'node:process';
import { DeviceId, newId, OrganisationId, UserId } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { silentLogger, SystemClock } from '@carillon/service-runtime';
import { parseMessage } from '@carillon/sip-message';
import { DigestAuthenticator } from '../../../libs/engine/sip-stack/src/authentication/digest-authenticator.js';
import type { Network, TransportContext } from '../../../libs/engine/sip-stack/src/transport/network.js';
import type { SipFlow } from '../../../libs/engine/sip-stack/src/transport/sip-flow.js';
import { SipUserAgent } from '../../../libs/engine/sip-stack/src/user-agent/sip-user-agent.js';
import { Authenticate } from '../../../libs/feature/signalling/src/inbound/authenticate.js';
import { Challenges } from '../../../libs/feature/signalling/src/inbound/challenges.js';
import { GivenUpChallenges } from '../../../libs/feature/signalling/src/inbound/given-up-challenges.js';
import { FailureLimiter } from '../../../libs/feature/signalling/src/inbound/failure-limiter.js';
import { receiveRegister } from '../../../libs/feature/signalling/src/inbound/receive-register.js';
import { BindingPings } from '../../../libs/feature/signalling/src/registrar/binding-pings.js';
import type { BindingRecords } from '../../../libs/feature/signalling/src/registrar/binding-records.js';
import { DateText } from '../../../libs/feature/signalling/src/registrar/date-text.js';
import { GruuSeal } from '../../../libs/feature/signalling/src/registrar/gruu.js';
import { DEFAULT_REGISTRATION_POLICY } from '../../../libs/feature/signalling/src/registrar/registration-policy.js';
import { Registrar } from '../../../libs/feature/signalling/src/registrar/registrar.js';
import type { Directories } from '../../../libs/feature/signalling/src/routing/directories.js';
import type { Directory } from '../../../libs/feature/signalling/src/routing/directory.js';

const [phones = 20_000, rounds = 5] = process.argv.slice(2).map(Number);
const DOMAIN = 'bench.local';
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const nameOf = (index: number): string => `u${String(index).padStart(7, '0')}`;

const organisationId = newId(OrganisationId);
const people = Array.from({ length: phones }, (_, index) => ({
  name: nameOf(index),
  userId: newId(UserId),
  deviceId: newId(DeviceId),
}));
const directory = {
  organisationId,
  sipDomain: DOMAIN,
  registration: DEFAULT_REGISTRATION_POLICY,
  gruuSeal: new GruuSeal('bench'),
  deviceProfiles: [],
  users: new Map(
    people.map(({ userId, name }) => [
      userId,
      { userId, displayName: name, extension: null, mailboxId: null, disabled: false },
    ]),
  ),
  devices: new Map(
    people.map(({ userId, deviceId, name }) => [
      name,
      {
        deviceId,
        userId,
        name: 'Desk',
        sipUsername: name,
        ha1: { MD5: md5(`${name}:${DOMAIN}:pw`), 'SHA-256': '' },
        disabled: false,
      },
    ]),
  ),
} as unknown as Directory;

let answer = '';
let answered: () => void = () => undefined;
const flow = {
  id: 'udp:127.0.0.1:5060-127.0.0.1:5070',
  ...{ protocol: 'udp', reliable: false, open: true, peerIdentities: [] },
  ...{ localAddress: '127.0.0.1', localPort: 5060, remoteAddress: '127.0.0.1', remotePort: 5070 },
  onClosed: () => () => undefined,
  keepAlive: () => () => undefined,
  send: (bytes: Buffer) => {
    answer = bytes.toString('latin1');
    answered();
  },
} as unknown as SipFlow;
let context: TransportContext | undefined;
const transport = {
  ...{ address: { protocol: 'udp', host: '127.0.0.1', port: 5060 }, connections: 0 },
  flowTo: () => flow,
  findFlow: () => flow,
  close: () => Promise.resolve(),
} as const;
const network: Network = {
  listen: (_address, given) => {
    context = given;
    return Promise.resolve(transport);
  },
  webSockets: () => ({ ...transport, accept: () => undefined }),
};
const clock = new SystemClock();
const userAgent = await SipUserAgent.open({ listen: [transport.address], serverName: 'Carillon' }, network);
const records = {
  write: () => Promise.resolve(),
  writeTimes: () => Promise.resolve(),
  readLive: () => Promise.resolve([]),
};
const registrar = new Registrar({
  records: records as unknown as BindingRecords,
  bus: createMemoryBus(),
  clock,
  logger: silentLogger(),
  maximum: 10_000_000,
});
await registrar.restore();
const authenticate = new Authenticate(
  { known: () => directory } as unknown as Directories,
  new Challenges(new DigestAuthenticator(), new GivenUpChallenges(clock), silentLogger()),
  new FailureLimiter(clock),
  clock,
  { hosts: new Set(), defaultDomain: DOMAIN, registrar },
);
const parts = { authenticate, registrar, clock, dates: new DateText(), pings: new BindingPings(userAgent, clock) };
userAgent.on('register', (request) => receiveRegister(parts, request));

let calls = 0;
function request(name: string, round: number, credentials: string): Buffer {
  calls += 1;
  return Buffer.from(
    `REGISTER sip:${DOMAIN} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-${calls};rport\r\nMax-Forwards: 70\r\n` +
      `From: <sip:${name}@${DOMAIN}>;tag=r${round}\r\nTo: <sip:${name}@${DOMAIN}>\r\nCall-ID: ${name}-${round}@127.0.0.1\r\n` +
      `CSeq: ${credentials === '' ? 1 : 2} REGISTER\r\n${credentials}Contact: <sip:${name}@127.0.0.1:5070;transport=UDP>\r\n` +
      `Expires: 3600\r\nUser-Agent: bench\r\nContent-Length: 0\r\n\r\n`,
  );
}

function credentialsFor(name: string): string {
  const nonce = /nonce="([^"]+)"/.exec(answer)?.[1] ?? '';
  const response = md5(`${md5(`${name}:${DOMAIN}:pw`)}:${nonce}:00000001:c:auth:${md5(`REGISTER:sip:${DOMAIN}`)}`);
  return (
    `Authorization: Digest username="${name}",realm="${DOMAIN}",cnonce="c",nc=00000001,qop=auth,uri="sip:${DOMAIN}",` +
    `nonce="${nonce}",response="${response}",algorithm=MD5\r\n`
  );
}

function take(bytes: Buffer): void {
  const result = parseMessage(bytes, { framing: 'datagram' });
  if (!result.ok) throw new Error('Not parsed');
  context?.receiver.message(result.message, flow);
}

const heap = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
};
const before = heap();
for (let round = 0; round < rounds; round += 1) {
  const began = process.cpuUsage();
  for (const { name } of people) {
    const first = request(name, round, '');
    take(first);
    const second = request(name, round, credentialsFor(name));
    const late = new Promise<void>((settle) => (answered = settle));
    take(second);
    if (round === 0) await late;
    if (!answer.startsWith('SIP/2.0 200')) throw new Error(answer);
  }
  const used = process.cpuUsage(began);
  await new Promise((settle) => setImmediate(settle));
  console.log(
    `${round === 0 ? 'new' : 'refresh'}: ${((used.user + used.system) / phones).toFixed(1)} µs of CPU each, the phone's own part included`,
  );
}
console.log(`${registrar.size} bindings, ${Math.round((heap() - before) / phones)} octets each`);
process.exit(0);
