import { silentLogger } from '@carillon/service-runtime';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, type TestGateway } from './test-gateway.js';

const PUBLIC = 'https://pbx.example';
/** What a proxy in front says of a client. */
const proxied = (address = '203.0.113.9') => ({
  'x-forwarded-for': address,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'pbx.example',
});

async function login(gateway: TestGateway, headers: Record<string, string>) {
  const client = gateway.client();
  const { email, password } = gateway.seed.admin;
  const answer = await client.send('POST', '/api/session', { email, password }, headers);
  client.csrf = String(answer.body['csrfToken']);
  return { client, answer, cookie: answer.headers.get('set-cookie') ?? '' };
}

function connect(gateway: TestGateway, cookie: string, headers: Record<string, string>): Promise<string> {
  return new Promise((settle) => {
    const options = { path: '/realtime', transports: ['websocket'], reconnection: false, forceNew: true };
    const socket = io(gateway.url, { ...options, extraHeaders: { cookie, ...headers } });
    const end = (outcome: string): void => {
      socket.disconnect();
      settle(outcome);
    };
    socket.on('connect', () => end('connected'));
    socket.on('connect_error', () => end('refused'));
  });
}

describe('behind a trusted proxy', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openTestGateway(13_117, silentLogger(), { CARILLON_TRUSTED_PROXIES: '127.0.0.1' });
  });
  afterAll(() => gateway?.close());

  it('a session has the address of its client, and a cookie for https only', async () => {
    const { client, cookie } = await login(gateway, { ...proxied(), origin: PUBLIC });
    expect(cookie).toMatch(/; Secure$/);
    const sessions = await client.do<{ current: boolean; address: string }[]>('GET', '/api/me/sessions');
    expect(sessions.find(({ current }) => current)?.address).toBe('203.0.113.9');
  });

  it('addresses are those by which the client reached it', async () => {
    const { client } = await login(gateway, proxied());
    const overview = await client.send('GET', '/api/admin/overview', undefined, proxied());
    expect(overview.body['sip']).toMatchObject({ wssUrl: 'wss://pbx.example/sip' });
    const rooms = await client.send('GET', '/api/admin/rooms', undefined, proxied());
    expect(rooms.text).toContain('"guestUrl":"https://pbx.example/guest/');
  });

  it('pages of the public origin are its own, others are not', async () => {
    const { answer } = await login(gateway, { ...proxied(), origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    const { client } = await login(gateway, { ...proxied(), origin: PUBLIC });
    expect(await connect(gateway, client.cookie, { ...proxied(), origin: PUBLIC })).toBe('connected');
    expect(await connect(gateway, client.cookie, { ...proxied(), origin: 'https://evil.example' })).toBe('refused');
  });

  it('wrong passwords of one client shut out no other', async () => {
    const guess = (address: string, email: string) =>
      gateway.client().send('POST', '/api/session', { email, password: 'wrong' }, proxied(address));
    let last = 0;
    for (let i = 0; i < 60 && last !== 429; i++) last = (await guess('198.51.100.1', `u${i}@demo.example`)).status;
    expect(last).toBe(429);
    expect((await login(gateway, proxied('198.51.100.2'))).answer.status).toBe(200);
  });
});

describe('without trusted proxies', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openTestGateway(13_118);
  });
  afterAll(() => gateway?.close());

  it('nothing that a client says of itself is believed', async () => {
    const { client, cookie } = await login(gateway, proxied());
    expect(cookie).not.toContain('Secure');
    const sessions = await client.do<{ address: string }[]>('GET', '/api/me/sessions');
    expect(sessions.map(({ address }) => address)).toEqual(['127.0.0.1']);
    const overview = await client.send('GET', '/api/admin/overview', undefined, proxied());
    expect(overview.body['sip']).toMatchObject({ wssUrl: 'ws://127.0.0.1:13118/sip' });
    expect((await login(gateway, { ...proxied(), origin: PUBLIC })).answer.status).toBe(403);
  });
});
