import { connect, type Socket } from 'node:net';
import { createUserAgent, type UserAgent } from '@carillon/sip-stack';
import { afterEach, describe, expect, it } from 'vitest';
import { until, useSignalling } from '../testing/signalling-bench.js';

const PORT = 21_620;
const bench = useSignalling(PORT);
const agents: UserAgent[] = [];

afterEach(async () => {
  await Promise.all(agents.splice(0).map((one) => one.close({ graceMilliseconds: 50 })));
  await bench.database.database.asSystem('test', (tx) => tx.sipBan.deleteMany());
});

const bans = async () => {
  const described = await bench.bus.call('border.describe', { organisationId: bench.organisation.organisationId });
  return described.ok ? described.state.bans : [];
};

function tcp(localPort?: number): Promise<{ socket: Socket; closed: Promise<void> }> {
  const socket = connect({ host: '127.0.0.1', port: PORT, ...(localPort === undefined ? {} : { localPort }) });
  const closed = new Promise<void>((settle) => {
    socket.once('close', () => settle());
    socket.on('error', () => undefined);
    socket.resume();
  });
  // Refused before it stands is refused as well.
  return new Promise((settle) => {
    for (const event of ['connect', 'close']) socket.once(event, () => settle({ socket, closed }));
  });
}

const request = (userAgent: string) =>
  [
    `OPTIONS sip:127.0.0.1:${PORT} SIP/2.0`,
    'Via: SIP/2.0/TCP a.example;branch=z9hG4bK1',
    'From: <sip:someone@example.test>;tag=1',
    `To: <sip:${bench.organisation.domain}>`,
    'Call-ID: 1',
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    `User-Agent: ${userAgent}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

it('who is banned over TCP loses the connection, and gets no new one', async () => {
  const { socket, closed } = await tcp();
  const { localPort } = socket;
  socket.write(request('friendly-scanner'));
  await closed;
  expect(await bans()).toMatchObject([{ source: `127.0.0.1:${localPort}`, reason: 'scanner' }]);
  const again = await tcp(localPort);
  await again.closed;
  const other = await tcp();
  const answered = new Promise<string>((settle) => other.socket.once('data', (data) => settle(data.toString())));
  other.socket.write(request('Polite phone'));
  expect(await answered).toMatch(/^SIP\/2\.0 200/);
  other.socket.destroy();
});

describe('a guesser is banned for wrong passwords in', () => {
  const guess = {
    MESSAGE: (agent: UserAgent, to: string) =>
      agent.request({ ...wrong(to), method: 'MESSAGE', contentType: 'text/plain', body: 'hello' }),
    SUBSCRIBE: (agent: UserAgent, to: string) =>
      agent.request({ ...wrong(to), method: 'SUBSCRIBE', contact: true, headers: { Event: 'dialog', Expires: '60' } }),
    INVITE: (agent: UserAgent, to: string) =>
      new Promise((settle) => agent.invite({ ...wrong(to), sdp: 'v=0\r\n' }).on('rejected', settle)),
  } as const;
  const wrong = (target: string) => ({
    target: `${target};transport=udp`,
    from: `<sip:nobody@${bench.organisation.domain}>`,
    to: `<sip:1001@${bench.organisation.domain}>`,
    credentials: { username: 'nobody', password: 'guess' },
  });

  it.each(Object.keys(guess) as (keyof typeof guess)[])('%s', async (method) => {
    const agent = await createUserAgent({ listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }] });
    agents.push(agent);
    const source = `127.0.0.1:${agent.addresses[0]?.port}`;
    for (let tries = 0; tries < 13; tries += 1) void guess[method](agent, `sip:1001@127.0.0.1:${PORT}`);
    const banned = await until('the ban', async () => (await bans()).find((ban) => ban.source === source));
    expect(banned.reason).toBe('wrong-credentials');
  });
});
