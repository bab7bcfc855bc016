import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adminOf, portalOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { connectDatabase } from './harness/connect-database.js';
import { saveDiagnostics, type Diagnostics } from './harness/diagnostics.js';
import { HepCollector, type HepMessage } from './harness/hep-collector.js';
import { ladderTimes } from './harness/ladder-times.js';
import { Phones } from './harness/phones.js';
import type { Portal } from './harness/portal.js';
import { hasKamailio, readByKamailio } from './harness/read-by-kamailio.js';
import { addOrganisation } from './harness/second-organisation.js';
import { Sipp } from './harness/sipp.js';
import { sleep, until } from './harness/wait.js';

interface Entry {
  readonly kind: 'message' | 'note';
  readonly participant: string | null;
  readonly code: string;
  readonly text: string;
  readonly sipCallId: string;
  readonly method: string;
  readonly status: number | null;
  readonly direction: string;
  readonly octets: string;
}
interface View {
  readonly ladder: {
    readonly live: boolean;
    readonly participants: readonly { readonly id: string; readonly kind: string; readonly label: string }[];
    readonly entries: readonly Entry[];
    readonly refused: { readonly status: number } | null;
  };
  readonly explanation: { readonly headline: string; readonly steps: readonly string[] };
}
interface Call {
  readonly callId: string;
  readonly to: { readonly number: string };
}

let carillon: Carillon;
let admin: Portal;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
  admin = await adminOf(carillon);
});
afterEach(async () => {
  await phones.stopAll();
  await carillon.revive();
});
afterAll(() => carillon?.remove());

const newestCall = async (): Promise<Call> => {
  const { calls } = await admin.do<{ calls: Call[] }>('GET', '/api/admin/calls?limit=1');
  const [call] = calls;
  if (call === undefined) throw new Error('There is no call');
  return call;
};
/** The only one that goes on. */
const liveCall = (): Promise<Call> =>
  until('one call alone', async () => {
    const [call, ...others] = await admin.do<Call[]>('GET', '/api/admin/calls/live');
    return others.length === 0 && call;
  });
const callTo = async (number: string): Promise<string> => {
  const call = await until(`a call to ${number}`, async () => {
    const newest = await newestCall();
    return newest.to.number === number ? newest : undefined;
  });
  return call.callId;
};
const ladderOf = (callId: string): Promise<View> => admin.do<View>('GET', `/api/calls/${callId}/ladder`);
const messagesOf = ({ ladder }: View): Entry[] => ladder.entries.filter(({ kind }) => kind === 'message');
const codesOf = ({ ladder }: View): string[] =>
  ladder.entries.filter(({ kind }) => kind === 'note').map(({ code }) => code);

/** Alice talks to Bob, and hangs up. */
async function talk(): Promise<string> {
  const bob = await phones.start('1002', { tone: 700 });
  const alice = await phones.start('1001', { tone: 440 });
  alice.dial('1002');
  await bob.seen('CALL_ESTABLISHED');
  await alice.seen('CALL_ESTABLISHED');
  const { callId } = await liveCall();
  await sleep(1000);
  alice.hangUp();
  await bob.seen('CALL_CLOSED');
  await until('the call in the history', async () => (await newestCall()).callId === callId);
  await phones.stopAll();
  return callId;
}

/** The ladder once it is in the database. */
async function written(callId: string): Promise<void> {
  const database = await connectDatabase(carillon);
  try {
    await until('the ladder to be written', async () => {
      const { rowCount } = await database.query('SELECT 1 FROM call_ladder WHERE call_id = $1', [callId]);
      return rowCount === 1;
    });
  } finally {
    await database.end();
  }
}

/** As `written`, of a call that one of the two has ended: with the answers to both BYEs, which phones do not wait for. */
async function writtenWhole(callId: string): Promise<void> {
  await ladderTimes(carillon, callId, 'in 200 BYE', 'out 200 BYE', 'call.ended');
  await written(callId);
}

/** How often a ladder was downloaded, as the audit has it. */
async function downloads(): Promise<number> {
  const { entries } = await admin.do<{ entries: { action: string }[] }>('GET', '/api/admin/audit');
  return entries.filter(({ action }) => action === 'ladder.downloaded').length;
}

describe('the ladder of a call', () => {
  it('has both legs, the challenge, what was decided, and no secret', async () => {
    const callId = await talk();
    const live = await ladderOf(callId);
    await writtenWhole(callId);
    const view = await ladderOf(callId);
    const messages = messagesOf(view);
    expect(new Set(messages.map(({ sipCallId }) => sipCallId)).size).toBe(2);
    const [caller, callee] = ['caller', 'callee'].map((kind) =>
      view.ladder.participants.find((one) => one.kind === kind),
    );
    const wayOf = (id: string | undefined): string[] =>
      messages.filter(({ participant }) => participant === id).map(({ method, status }) => `${status ?? method}`);
    expect(wayOf(caller?.id)).toEqual(expect.arrayContaining(['INVITE', '401', 'ACK', '180', '200', 'BYE']));
    expect(wayOf(callee?.id)).toEqual(expect.arrayContaining(['INVITE', '200', 'ACK', 'BYE']));
    expect(codesOf(view)).toEqual([
      'caller.authenticated',
      'call.routed',
      'call.forked',
      'leg.answered',
      'leg.hung-up',
      'call.ended',
    ]);
    expect(view.explanation.headline).toMatch(/^Alice Archer talked to Bob Baker for \d+ s\.$/);
    const all = messages.map(({ octets }) => octets).join('\n');
    expect(all).toContain('Authorization: Digest username="');
    for (const secret of all.matchAll(/\b(?:response|nonce|cnonce)="?([^",\s]*)/g)) expect(secret[1]).toBe('***');
    expect(messagesOf(live).length).toBeGreaterThanOrEqual(messages.length - 2);
  });

  it('is a capture that tshark reads, and a text', async () => {
    const callId = await talk();
    await writtenWhole(callId);
    const before = await downloads();
    const directory = mkdtempSync(join(tmpdir(), 'ladder-'));
    try {
      const file = join(directory, 'call.pcap');
      writeFileSync(file, await admin.bytes(`/api/calls/${callId}/ladder.pcap`));
      // The phones' ports are any: tshark would take what comes from 27500 for a game's.
      const byContent = ['-o', 'udp.try_heuristic_first:TRUE'];
      const fields = ['-T', 'fields', '-e', 'sip.Call-ID', '-e', 'sip.CSeq.method'];
      const read = execFileSync('tshark', ['-r', file, ...byContent, ...fields]);
      const messages = messagesOf(await ladderOf(callId));
      const rows = messages.map(({ sipCallId, method, octets }) => {
        return `${sipCallId}\t${/\r\nCSeq: *\d+ +(\w+)/i.exec(octets)?.[1] ?? method}`;
      });
      expect(read.toString().trimEnd().split('\n')).toEqual(rows);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    const text = (await admin.bytes(`/api/calls/${callId}/ladder.txt`)).toString();
    expect(text).toContain('Alice Archer talked to Bob Baker');
    expect(text).toContain('INVITE sip:');
    expect((await downloads()) - before).toBe(2);
  });

  it('is for admins of its organisation; the two who talked are told in words', async () => {
    const callId = await talk();
    const elsewhere = await addOrganisation(carillon);
    const [alice, carol] = await Promise.all([portalOf(carillon, '1001'), portalOf(carillon, '1003')]);
    for (const end of ['ladder', 'ladder.pcap', 'ladder.txt']) {
      expect((await elsewhere.send('GET', `/api/calls/${callId}/${end}`)).status, end).toBe(404);
      expect((await alice.send('GET', `/api/calls/${callId}/${end}`)).status, end).toBe(403);
    }
    const explanation = await alice.do<View['explanation']>('GET', `/api/calls/${callId}/explanation`);
    expect(explanation.steps[1]).toMatch(/^Bob Baker's .*answered\.$/);
    expect((await carol.send('GET', `/api/calls/${callId}/explanation`)).status).toBe(404);
    expect((await elsewhere.send('GET', `/api/calls/${callId}/explanation`)).status).toBe(404);
  });

  it('says why a call went to voicemail, and has the mailbox as a column', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    // Nobody's phone has been here: one that has just left may still be registered.
    alice.dial('1004');
    await alice.seen('CALL_ESTABLISHED');
    await sleep(500);
    alice.hangUp();
    await alice.seen('CALL_CLOSED');
    const callId = await callTo('1004');
    const view = await ladderOf(callId);
    expect(codesOf(view)).toEqual(expect.arrayContaining(['user.not-rung', 'call.handed-over']));
    expect(view.ladder.participants.map(({ label }) => label)).toContain('Voicemail');
    expect(view.explanation.steps).toContain('Sent to voicemail because no phone could be reached.');
  });

  it('of a caller who is refused is kept too: unknown numbers, and wrong passwords without a call', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial('7777');
    await alice.seen('CALL_CLOSED');
    const callId = await callTo('7777');
    const view = await ladderOf(callId);
    expect(messagesOf(view).map(({ status }) => status)).toContain(404);
    const { sipUser } = carillon.staff('1002');
    const { domain } = carillon.demo.sip;
    await Sipp.run({
      scenario: 'call.xml',
      server: `127.0.0.1:${carillon.sipPort}`,
      fields: [sipUser, domain, `[authentication username=${sipUser} password=wrong]`, '1001'],
      timeoutSeconds: 10,
    });
    const refused = await until(
      'the refused INVITE',
      async () => {
        const list = await admin.do<{ callId: string; status: number }[]>('GET', '/api/admin/refused-invites');
        return list.find(({ status }) => status === 403);
      },
      { everyMs: 500 },
    );
    const kept = await ladderOf(refused.callId);
    expect(messagesOf(kept).map(({ status }) => status)).toEqual(expect.arrayContaining([401, 403]));
    expect(kept.explanation.headline).toContain('the user name or the password was wrong');
  });

  it('does not have the keys that were pressed', async () => {
    const { sipUser, sipPassword } = carillon.staff('1001');
    const { domain } = carillon.demo.sip;
    await Sipp.run({
      scenario: 'call-key-by-info.xml',
      server: `127.0.0.1:${carillon.sipPort}`,
      fields: [sipUser, domain, `[authentication username=${sipUser} password=${sipPassword}]`, carillon.demo.ivr, '7'],
      timeoutSeconds: 12,
    });
    const callId = await callTo(carillon.demo.ivr);
    const infos = messagesOf(await ladderOf(callId)).filter(
      ({ method, status }) => method === 'INFO' && status === null,
    );
    expect(infos.length).toBeGreaterThan(0);
    for (const { octets } of infos) expect(octets).toMatch(/Signal ?= ?x/i);
  });
});

describe('what is kept', () => {
  it('of a call is whole, though the process is killed two seconds after its end', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await sleep(500);
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
    const killAt = Date.now() + 2_000;
    // They are not registered any more when the next test calls them.
    await phones.stopAll();
    await sleep(Math.max(0, killAt - Date.now()));
    await carillon.end('SIGKILL');
    await carillon.run();
    admin = await adminOf(carillon);
    const view = await ladderOf((await newestCall()).callId);
    expect(view.ladder).toMatchObject({ live: false, notKept: 0 });
    const ways = messagesOf(view).map(({ direction, method, status }) => `${direction} ${status ?? ''} ${method}`);
    expect(ways).toEqual(expect.arrayContaining(['in  INVITE', 'out  INVITE', 'in  BYE', 'out 200 BYE', 'in 200 BYE']));
    expect(codesOf(view)).toEqual(expect.arrayContaining(['leg.answered', 'leg.hung-up', 'call.ended']));
    const all = messagesOf(view)
      .map(({ octets }) => octets)
      .join('\n');
    for (const secret of all.matchAll(/\b(?:response|nonce|cnonce)="?([^",\s]*)/g)) expect(secret[1]).toBe('***');
  });

  it('of a call that was cut off by kill -9 is what was written before', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await alice.seen('CALL_ESTABLISHED');
    const call = await liveCall();
    expect((await ladderOf(call.callId)).ladder.live).toBe(true);
    await written(call.callId);
    await carillon.end('SIGKILL');
    await phones.stopAll();
    await carillon.run();
    admin = await adminOf(carillon);
    const view = await ladderOf(call.callId);
    expect(view.ladder.live).toBe(false);
    expect(new Set(messagesOf(view).map(({ sipCallId }) => sipCallId)).size).toBe(2);
    expect(codesOf(view)).toContain('leg.answered');
  });

  it('of a call that rang when the process was killed is there as well', async () => {
    const bob = await phones.start('1002', { tone: 700, answer: 'manual' });
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial('1002');
    await bob.seen('CALL_INCOMING');
    const call = await liveCall();
    // Long before anybody gives up.
    await written(call.callId);
    expect(bob.count('CALL_CLOSED')).toBe(0);
    await carillon.end('SIGKILL');
    await phones.stopAll();
    await carillon.run();
    admin = await adminOf(carillon);
    const view = await ladderOf(call.callId);
    expect(view.ladder.live).toBe(false);
    const ways = messagesOf(view).map(({ direction, method, status }) => `${direction} ${status ?? ''} ${method}`);
    expect(ways).toEqual(expect.arrayContaining(['in  INVITE', 'out  INVITE', 'in 180 INVITE', 'out 180 INVITE']));
    expect(codesOf(view)).toEqual(expect.arrayContaining(['caller.authenticated', 'call.routed', 'call.forked']));
  });

  it('goes when it is too old, and nothing is kept while it is switched off', async () => {
    await saveDiagnostics(admin, ({ ladder }) => (ladder.on = true));
    const callId = await talk();
    await written(callId);
    const database = await connectDatabase(carillon);
    await database.query("UPDATE call_ladder SET created_at = created_at - interval '20 days' WHERE call_id = $1", [
      callId,
    ]);
    await database.end();
    await saveDiagnostics(admin, ({ ladder }) => {
      ladder.keepDays = 10;
      ladder.on = false;
    });
    await until('the sweep', async () => (await admin.send('GET', `/api/calls/${callId}/ladder`)).status === 404);
    const off = await talk();
    expect((await admin.send('GET', `/api/calls/${off}/ladder`)).status).toBe(404);
    expect((await admin.do<{ headline: string }>('GET', `/api/calls/${off}/explanation`)).headline).toContain(
      'talked to',
    );
    const { entries } = await admin.do<{ entries: { action: string }[] }>('GET', '/api/admin/audit');
    expect(entries.some(({ action }) => action === 'diagnostics.changed')).toBe(true);
    const saved = await saveDiagnostics(admin, ({ ladder }) => (ladder.on = true));
    expect(saved.kept?.calls).toBeGreaterThan(0);
  });
});

describe('a HEPv3 collector', () => {
  it('gets every message, which belong together by the id of the call, and none of the secrets', async () => {
    const collector = await HepCollector.start();
    try {
      const chosen = { on: true, host: '127.0.0.1', port: collector.port, captureId: 4711, authKey: 'homer-key' };
      await saveDiagnostics(admin, ({ hep }) => Object.assign(hep, chosen));
      const settings = await admin.do<Diagnostics>('GET', '/api/admin/diagnostics');
      expect(JSON.stringify(settings)).not.toContain('homer-key');
      const { detail } = await admin.do<{ detail: string }>('POST', '/api/admin/diagnostics/hep-test');
      expect(detail).toContain(String(collector.port));
      const callId = await talk();
      await writtenWhole(callId);
      const kept = messagesOf(await ladderOf(callId));
      // The collector gets retransmissions too, which the ladder counts.
      const firstOf = (messages: readonly HepMessage[]): number[] =>
        messages.flatMap(({ correlationId, payload }, index) =>
          correlationId === callId && messages.findIndex((one) => one.payload === payload) === index ? [index] : [],
        );
      const isThere = until('the messages', () => firstOf(collector.messages).length >= kept.length);
      await isThere.catch(() => undefined); // What is missing is said below.
      const { messages } = collector;
      for (const { chunks } of messages) {
        expect(chunks.get(0x0b)).toEqual(Buffer.of(1));
        expect(chunks.get(0x0c)?.readUInt32BE()).toBe(4711);
        expect(chunks.get(0x0e)?.toString()).toBe('homer-key');
        expect(Math.abs((chunks.get(0x09)?.readUInt32BE() ?? 0) * 1000 - Date.now())).toBeLessThan(120_000);
        const ports = [chunks.get(0x07)?.readUInt16BE(), chunks.get(0x08)?.readUInt16BE()];
        expect(ports.some((port) => port === carillon.sipPort || port === 5060)).toBe(true);
      }
      const first = firstOf(messages);
      expect(first.map((index) => messages[index]?.payload)).toEqual(kept.map(({ octets }) => octets));
      expect(messages.some(({ payload }) => payload.startsWith('REGISTER '))).toBe(true);
      const all = messages.map(({ payload }) => payload).join('\n');
      for (const secret of all.matchAll(/\b(?:response|nonce|cnonce)="?([^",\s]*)/g)) expect(secret[1]).toBe('***');
      if (hasKamailio) {
        const seen = await readByKamailio(first.flatMap((index) => collector.packets[index] ?? []));
        expect(seen.map((line) => line.split(' ')[1])).toEqual(kept.map(({ sipCallId }) => sipCallId));
        expect(seen.map((line) => line.split(' ')[0])).toEqual(kept.map(({ method, status }) => `${status ?? method}`));
      }
      const heard = collector.packets.length;
      const again = (): Buffer[] =>
        collector.packets.filter((_, at) => at >= heard && collector.messages[at]?.correlationId === callId);
      await admin.do('POST', `/api/calls/${callId}/ladder/hep`);
      await until('the messages again', () => again().length >= kept.length);
      expect(again()).toEqual(first.map((index) => collector.packets[index]));
    } finally {
      collector.close();
    }
    const refused = await admin.send<{ code: string }>('POST', '/api/admin/diagnostics/hep-test');
    expect(refused.body.code).toBe('HEP.UNREACHABLE');
  });
});
