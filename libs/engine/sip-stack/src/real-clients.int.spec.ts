import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { InviteSession, UserAgent } from './index.js';
import { createUserAgent, DigestAuthenticator } from './index.js';
import { untilBound } from './testing/until-bound.js';

const PORT = 15_060;
const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 15400 RTP/AVP 0\r\n';
const hasSipp = spawnSync('sipp', ['-v']).error === undefined;

const REGISTER = (sequence: number, field: string): string => `  <send retrans="500"><![CDATA[
REGISTER sip:uc.test SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
Max-Forwards: 70
From: <sip:u[call_number]@uc.test>;tag=[call_number]
To: <sip:u[call_number]@uc.test>
Call-ID: [call_id]
CSeq: ${sequence} REGISTER
Contact: <sip:u[call_number]@[local_ip]:[local_port]>
Expires: 300
${field}Content-Length: 0

]]></send>`;
const REGISTER_SCENARIO = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="register">
${REGISTER(1, '')}
  <recv response="401" auth="true"/>
${REGISTER(2, '[authentication username=user password=secret]\n')}
  <recv response="200"/>
</scenario>
`;

let agent: UserAgent;
let folder: string;
const sessions: InviteSession[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-sip-'));
  writeFileSync(join(folder, 'register.xml'), REGISTER_SCENARIO);
  agent = await createUserAgent({
    listen: [
      { protocol: 'udp', host: '127.0.0.1', port: PORT },
      { protocol: 'tcp', host: '127.0.0.1', port: PORT },
      { protocol: 'ws', host: '127.0.0.1', port: PORT + 1 },
    ],
    limits: { slowMessageMilliseconds: 500, silentConnectionMilliseconds: 800 },
  });
  agent.on('invite', (invite) => {
    invite.progress(180);
    const session = invite.accept({ sdp: SDP });
    if (session !== undefined) sessions.push(session);
  });
  // SIPp knows MD5 only.
  const authenticator = new DigestAuthenticator({ algorithms: ['MD5'] });
  agent.on('register', (request) => {
    const attempt = authenticator.inspect(request.request, 'uc.test');
    const ok = attempt.kind === 'credentials' && attempt.verify({ password: 'secret' }) === 'ok';
    if (ok) request.reply(200, { headers: { Contact: request.request.headers('Contact') } });
    else request.reply(401, { headers: { 'WWW-Authenticate': authenticator.challenge('uc.test') } });
  });
});

afterAll(async () => {
  await agent.close({ graceMilliseconds: 100 });
  rmSync(folder, { recursive: true, force: true });
});

/** Runs SIPp to its end; resolves with its exit code and what it had to complain about. */
function sipp(args: string[]): Promise<{ code: number; errors: string }> {
  const errorFile = join(folder, 'errors.log');
  writeFileSync(errorFile, '');
  const common = ['-i', '127.0.0.1', '-nostdin', '-trace_err', '-error_file', errorFile, '-timeout', '20s'];
  // A busy machine makes SIPp warn; only its verdict counts.
  return new Promise((resolve) => {
    execFile('sipp', [...args, ...common], { cwd: folder, timeout: 30_000 }, (error) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, errors: readFileSync(errorFile, 'utf8') });
    });
  });
}

describe.skipIf(!hasSipp)('SIPp', () => {
  const target = `127.0.0.1:${PORT}`;

  it.each([
    ['UDP', 'u1', 15_170],
    ['TCP', 't1', 15_172],
    ['TCP, one connection per call', 'tn', 15_174],
  ])('calls over %s', async (_, transport, port) => {
    const calls = [
      '-sn',
      'uac',
      target,
      '-p',
      String(port),
      '-t',
      transport,
      '-m',
      '30',
      '-r',
      '30',
      '-d',
      '100',
      '-max_socket',
      '100',
    ];
    expect(await sipp(calls)).toMatchObject({ code: 0 });
  });

  it.each([
    ['UDP', 'u1', 15_176],
    ['TCP', 't1', 15_178],
  ])('registers with digest over %s', async (_, transport, port) => {
    const registrations = ['-sf', 'register.xml', target, '-p', String(port), '-t', transport, '-m', '20', '-r', '40'];
    expect(await sipp(registrations)).toMatchObject({ code: 0 });
  });

  it.each([
    ['UDP', 'u1', 15_180, ''],
    ['TCP', 't1', 15_182, ';transport=tcp'],
  ])('is called over %s', async (_, transport, port, parameter) => {
    const callee = sipp(['-sn', 'uas', '-p', String(port), '-t', transport, '-m', '1']);
    await untilBound(port, transport === 't1' ? 'tcp' : 'udp');
    const target = `sip:service@127.0.0.1:${port}${parameter}`;
    const story: string[] = [];
    await new Promise<void>((resolve, reject) => {
      agent
        .invite({ target, from: 'sip:carillon@127.0.0.1', sdp: SDP })
        .on('progress', (response) => story.push(String(response.status)))
        .on('rejected', (failure) => reject(new Error(`${failure.status} ${failure.cause}`)))
        .on('accepted', (session) => {
          story.push('accepted');
          void session.bye().then((outcome) => {
            story.push(`bye ${outcome.status}`);
            resolve();
          });
        });
    });
    expect(story).toEqual(['180', 'accepted', 'bye 200']);
    expect(await callee).toMatchObject({ code: 0 });
  });
});

const OPTIONS = [
  'OPTIONS sip:x@127.0.0.1 SIP/2.0',
  'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKB',
  'From: <sip:a@b>;tag=1',
  'To: <sip:x@127.0.0.1>',
  'Call-ID: B',
  'CSeq: 1 OPTIONS',
  'Content-Length: 0',
  '\r\n',
].join('\r\n');

const numbered = (at: number): string => OPTIONS.replaceAll('B\r\n', `B${at}\r\n`);

describe('a TCP stream', () => {
  /** Writes pieces a moment apart; resolves with everything received once the other side closes or `until` holds. */
  function converse(pieces: string[], until: (text: string) => boolean): Promise<{ text: string; closed: boolean }> {
    return new Promise((resolve, reject) => {
      const socket = connect(PORT, '127.0.0.1');
      let text = '';
      const finish = (closed: boolean): void => {
        socket.destroy();
        resolve({ text, closed });
      };
      socket.on('error', reject);
      socket.on('close', () => finish(true));
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (until(text)) finish(false);
      });
      const write = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) return;
        socket.write(piece);
        setTimeout(write, 15);
      };
      socket.on('connect', write);
    });
  }
  const answers = (text: string): number => text.split('SIP/2.0 200 OK').length - 1;

  it('may bring messages in any pieces, and several at once', async () => {
    const whole = numbered(1) + numbered(2);
    const pieces = [whole.slice(0, 7), whole.slice(7, 200), whole.slice(200, 330), whole.slice(330) + numbered(3)];
    expect(answers((await converse(pieces, (text) => answers(text) === 3)).text)).toBe(3);
  });

  it('gets a CRLF for each CRLFCRLF', async () => {
    const { text } = await converse(['\r\n\r\n', `\r\n\r\n${numbered(4)}`], (all) => answers(all) === 1);
    expect(text.startsWith('\r\n\r\nSIP/2.0 200')).toBe(true);
  });

  it('is closed when it says nothing, never finishes a message, or cannot be followed', async () => {
    const outcomes = await Promise.all([
      converse([], () => false),
      converse([numbered(5).slice(0, 60)], () => false),
      converse(['\0\0garbage\r\n\r\n'], () => false),
      converse([numbered(6).replace('Content-Length: 0', 'Content-Length: -5')], () => false),
    ]);
    expect(outcomes.map(({ closed }) => closed)).toEqual([true, true, true, true]);
    expect(outcomes[3]?.text).toContain('SIP/2.0 400 Bad Content-Length');
    expect(answers((await converse([numbered(7)], (text) => answers(text) === 1)).text)).toBe(1);
  });
});

describe('a WebSocket (RFC 7118)', () => {
  it('carries a message per frame and is reached again through its flow', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${PORT + 1}/sip`, 'sip');
    const frames: string[] = [];
    const flows: string[] = [];
    agent.on('message', (request) => {
      flows.push(request.source.flow.id);
      request.reply(200);
    });
    socket.on('message', (data) => {
      const text = String(Buffer.isBuffer(data) ? data : '');
      frames.push(text.split('\r\n')[0] ?? '');
      if (!text.startsWith('NOTIFY')) return;
      const copied = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
      socket.send(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n'));
    });
    await new Promise((resolve) => {
      socket.on('open', resolve);
    });
    socket.send(
      numbered(8).replaceAll('OPTIONS', 'MESSAGE').replace('/TCP', '/WS').replace('Content-Length: 0\r\n', ''),
    );
    await expect.poll(() => flows.length).toBe(1);
    const flow = agent.flow(flows[0] ?? '');
    expect(flow?.protocol).toBe('ws');
    if (flow === undefined) return;
    const outcome = await agent.request({
      method: 'NOTIFY',
      target: 'sip:x@abc.invalid;transport=ws',
      flow,
      from: 'sip:us@127.0.0.1',
      headers: { Event: 'x', 'Subscription-State': 'active' },
    });
    expect(outcome.status).toBe(200);
    expect(frames).toEqual(['SIP/2.0 200 OK', 'NOTIFY sip:x@abc.invalid;transport=ws SIP/2.0']);
    socket.close();
    await expect.poll(() => agent.flow(flows[0] ?? '')).toBeUndefined();
    const gone = await agent.request({
      method: 'OPTIONS',
      target: 'sip:x@abc.invalid;transport=ws',
      flow,
      from: 'sip:us@a',
    });
    expect(gone).toMatchObject({ ok: false, status: 503, cause: 'transport' });
  });

  it('without the subprotocol is refused', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${PORT + 1}/sip`);
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
    socket.on('error', () => undefined).terminate();
    expect(status).toBe(400);
  });
});

describe('a port that is taken', () => {
  it('is told by its code', async () => {
    const opening = createUserAgent({ listen: [{ protocol: 'tcp', host: '127.0.0.1', port: PORT }] });
    await expect(opening).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
