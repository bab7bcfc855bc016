import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createUserAgent, type UserAgent } from '@carillon/sip-stack';
import { silentLogger, TrustedProxies } from '@carillon/service-runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SipWebSocket } from './sip-web-socket.js';

let http: Server;
let userAgent: UserAgent;
let sockets: SipWebSocket;
let url: string;

beforeEach(async () => {
  http = createServer();
  sockets = new SipWebSocket(silentLogger(), new TrustedProxies(['127.0.0.1']));
  sockets.attach(http);
  await new Promise<void>((settle) => void http.listen(0, '127.0.0.1', settle));
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
  userAgent = await createUserAgent({ listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }] });
});
afterEach(async () => {
  sockets.close();
  await userAgent.close();
  http.closeAllConnections();
  http.close();
});

function opened(path: string, protocols: string[], headers = {}): Promise<WebSocket | number | undefined> {
  return new Promise((settle) => {
    const socket = new WebSocket(url + path, protocols, { headers });
    socket.on('open', () => settle(socket));
    socket.on('unexpected-response', (_request, response) => {
      settle(response.statusCode);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

it('carries SIP both ways, and knows the client behind a trusted proxy', async () => {
  sockets.open(userAgent);
  const socket = await opened('/sip?x=1', ['sip'], { 'x-forwarded-for': '203.0.113.9' });
  if (!(socket instanceof WebSocket)) throw new Error(`refused: ${socket}`);
  const reply = new Promise<string>((settle) => socket.on('message', (data: Buffer) => settle(data.toString())));
  socket.send(
    [
      'OPTIONS sip:example.org SIP/2.0',
      'Via: SIP/2.0/WS x.invalid;branch=z9hG4bKa',
      'Max-Forwards: 70',
      'From: <sip:a@example.org>;tag=1',
      'To: <sip:example.org>',
      'Call-ID: one',
      'CSeq: 1 OPTIONS',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
  expect(await reply).toMatch(/^SIP\/2\.0 200 [^]*;received=203\.0\.113\.9/);
  socket.terminate();
});

it('refuses who does not speak SIP, and everyone before it is ready', async () => {
  expect(await opened('/sip', ['sip'])).toBe(503);
  sockets.open(userAgent);
  expect(await opened('/sip', [])).toBe(400);
  expect(await opened('/sip', ['chat'])).toBe(400);
});

it('leaves other paths to others', async () => {
  sockets.open(userAgent);
  http.on('upgrade', (request, socket) => {
    if (request.url === '/other') socket.end('HTTP/1.1 418 Other\r\nContent-Length: 0\r\n\r\n');
  });
  expect(await opened('/other', ['sip'])).toBe(418);
});
