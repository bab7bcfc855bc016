import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserAgent } from '../index.js';
import { createUserAgent } from '../index.js';
import { untilBound } from '../testing/until-bound.js';

const PORT = 14_060;
const CALLS = 20;
const hasSipp = spawnSync('sipp', ['-v']).error === undefined;
const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 14400 RTP/AVP 0\r\n';
const SIPP_SDP = SDP.replace('14400', '14402').trim();

const FROM = 'From: <sip:sipp@127.0.0.1>;tag=[pid]x[call_number]';
const VIA = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport';
const FIXED = `Max-Forwards: 70\nCall-ID: [call_id]`;
const CONTACT = 'Contact: <sip:sipp@[local_ip]:[local_port]>';

/** A request of SIPp's caller. */
function caller(method: string, sequence: number, parts: { headers?: string; sdp?: boolean; target?: string }): string {
  const to = method === 'INVITE' ? 'To: <sip:bob@127.0.0.1>' : 'To: <sip:bob@127.0.0.1>[peer_tag_param]';
  const head = [
    `${method} ${parts.target ?? '[next_url]'} SIP/2.0`,
    VIA,
    FIXED,
    FROM,
    to,
    `CSeq: ${sequence} ${method}`,
  ];
  if (method === 'INVITE' || method === 'UPDATE') head.push(CONTACT);
  if (parts.headers !== undefined) head.push(parts.headers);
  head.push(
    ...(parts.sdp === true
      ? ['Content-Type: application/sdp', 'Content-Length: [len]', '', SIPP_SDP]
      : ['Content-Length: 0', '', '']),
  );
  return `  <send${method === 'ACK' ? '' : ' retrans="500"'}><![CDATA[\n${head.join('\n')}\n]]></send>`;
}

/** RFC 3262 with an UPDATE in the early dialog (RFC 3311), as caller. */
const CALLER = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="caller">
${caller('INVITE', 1, { target: `sip:bob@127.0.0.1:${PORT}`, headers: 'Require: 100rel', sdp: true })}
  <recv response="100" optional="true"/>
  <recv response="183" rrs="true">
    <action>
      <ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/>
      <ereg regexp="100rel" search_in="hdr" header="Require:" check_it="true" assign_to="required"/>
    </action>
  </recv>
  <Reference variables="required"/>
${caller('PRACK', 2, { headers: 'RAck: [$rseq] 1 INVITE' })}
  <recv response="200"/>
${caller('UPDATE', 3, { sdp: true })}
  <recv response="200"/>
  <recv response="200" rrs="true"/>
${caller('ACK', 1, {})}
${caller('BYE', 4, {})}
  <recv response="200"/>
</scenario>
`;

const reply = (status: string, headers: string[], sdp: boolean): string =>
  `  <send><![CDATA[\n${[
    `SIP/2.0 ${status}`,
    '[last_Via:]',
    '[last_From:]',
    '[last_To:];tag=[pid]y[call_number]',
    '[last_Call-ID:]',
    '[last_CSeq:]',
    ...headers,
    ...(sdp ? ['Content-Type: application/sdp', 'Content-Length: [len]', '', SIPP_SDP] : ['Content-Length: 0', '', '']),
  ].join('\n')}\n]]></send>`;

/** The callee: its answer is in a reliable 183, and its 200 has none. */
const CALLEE = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="callee">
  <recv request="INVITE">
    <action>
      <ereg regexp="100rel" search_in="hdr" header="Supported:" check_it="true" assign_to="supported"/>
      <ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
    </action>
  </recv>
  <Reference variables="supported"/>
${reply('183 Session Progress', [CONTACT, 'Require: 100rel', 'RSeq: 4711'], true)}
  <recv request="PRACK">
    <action>
      <ereg regexp="4711 1 INVITE" search_in="hdr" header="RAck:" check_it="true" assign_to="rack"/>
    </action>
  </recv>
  <Reference variables="rack"/>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
  <pause milliseconds="50"/>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
Via:[$via]
From:[$from]
To:[$to];tag=[pid]y[call_number]
[last_Call-ID:]
CSeq: 1 INVITE
${CONTACT}
Content-Length: 0

]]></send>
  <recv request="ACK"/>
  <recv request="BYE"/>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
`;

let agent: UserAgent;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-sessions-'));
  writeFileSync(join(folder, 'caller.xml'), CALLER);
  writeFileSync(join(folder, 'callee.xml'), CALLEE);
  agent = await createUserAgent({
    listen: [{ protocol: 'udp', host: '127.0.0.1', port: PORT }],
    // SIPp takes no message a second time, and loopback loses none: on a busy machine its answers come late.
    timers: { t1: 2_000 },
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
  const common = [
    '-i',
    '127.0.0.1',
    '-nostdin',
    '-trace_err',
    '-error_file',
    errorFile,
    '-timeout',
    '20s',
    '-m',
    String(CALLS),
  ];
  return new Promise((resolve) => {
    execFile('sipp', [...args, ...common], { cwd: folder, timeout: 30_000 }, (error) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, errors: readFileSync(errorFile, 'utf8') });
    });
  });
}

async function untilIdle(): Promise<void> {
  for (let wait = 0; wait < 50 && agent.stats().dialogs > 0; wait++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

describe.skipIf(!hasSipp)('SIPp', () => {
  it('calls with required 100rel, and changes the session by UPDATE while it rings', async () => {
    const seen: string[] = [];
    agent.on('invite', (invite) => {
      invite.dialog.on('update', (offer) => {
        offer.accept({ sdp: SDP });
        setTimeout(() => invite.accept({}), 20);
      });
      seen.push(invite.progress(183, { sdp: SDP }));
    });
    const { code, errors } = await sipp(['-sf', 'caller.xml', `127.0.0.1:${PORT}`, '-p', '14070', '-r', '20']);
    // A busy machine makes SIPp warn; only its verdict counts.
    expect(code, errors).toBe(0);
    expect(seen).toEqual(Array.from({ length: CALLS }, () => 'reliable'));
    await untilIdle();
    expect(agent.stats().dialogs).toBe(0);
  }, 40_000);

  it('is called, and answers in a reliable 183', async () => {
    const answered = sipp(['-sf', 'callee.xml', '-p', '14072']);
    await untilBound(14_072, 'udp');
    const agreed: boolean[] = [];
    for (let call = 0; call < CALLS; call++) {
      agent
        .invite({ target: 'sip:sipp@127.0.0.1:14072', from: 'sip:alice@127.0.0.1', sdp: SDP })
        .on('accepted', (session, _, sdp) => {
          agreed.push(sdp?.includes('14402') === true);
          setTimeout(() => void session.bye(), 50);
        });
    }
    const { code, errors } = await answered;
    // A busy machine makes SIPp warn; only its verdict counts.
    expect(code, errors).toBe(0);
    expect(agreed).toEqual(Array.from({ length: CALLS }, () => true));
    await untilIdle();
    expect(agent.stats().dialogs).toBe(0);
  }, 40_000);
});
