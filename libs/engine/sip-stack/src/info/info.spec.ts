import { describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import type { UserAgentOptions } from '../api/user-agent.js';
import type { TestBed } from '../testing/test-bed.js';
import { answerCalls, call, openTestBed } from '../testing/test-bed.js';

async function talking(
  agents: Partial<UserAgentOptions> = {},
): Promise<{ bed: TestBed; caller: InviteSession; callee: InviteSession }> {
  const bed = await openTestBed({ agents });
  const bob = answerCalls(bed, 100);
  const alice = call(bed);
  await bed.clock.advance(500);
  const [callee] = bob.sessions;
  if (callee === undefined) throw new Error('No call');
  return { bed, caller: alice.session(), callee };
}

const INFO = { contentType: 'text/plain', body: 'x' };

describe('INFO (RFC 6086)', () => {
  it('is told which packages each side takes, and goes for those alone', async () => {
    const { bed, caller, callee } = await talking({ infoPackages: ['Foo', 'bar'] });
    expect([...(caller.remoteInfoPackages ?? [])]).toEqual(['foo', 'bar']);
    expect([...(callee.remoteInfoPackages ?? [])]).toEqual(['foo', 'bar']);
    const seen: unknown[] = [];
    callee.on('info', (info) => {
      seen.push(info.request.header('Info-Package'));
      info.reply(200);
    });
    const outcomes = [caller.info({ ...INFO, infoPackage: 'foo' }), caller.info({ ...INFO, infoPackage: 'other' })];
    await bed.clock.advance(100);
    expect((await Promise.all(outcomes)).map(({ status }) => status)).toEqual([200, 469]);
    expect(seen).toEqual(['foo']);
    expect(bed.network.sent('INFO')).toHaveLength(1);
  });

  it('of a package that is not taken gets 469 with the list', async () => {
    for (const [infoPackages, expected] of [
      [['foo'], 'foo'],
      [[], 'nil'],
      [undefined, 'nil'],
    ] as const) {
      const { bed, caller, callee } = await talking(infoPackages === undefined ? {} : { infoPackages });
      callee.on('info', (info) => info.reply(200));
      const outcome = caller.sendRequest({ method: 'INFO', ...INFO, headers: { 'Info-Package': 'other' } });
      await bed.clock.advance(100);
      expect(await outcome).toMatchObject({ status: 469 });
      expect(bed.network.sent('SIP/2.0 469')[0]?.text).toContain(`\r\nRecv-Info: ${expected}\r\n`);
      expect(callee.state).toBe('confirmed');
    }
  });

  it('without a package is as it was before: for the handler, else 200 for nothing and 415 for something', async () => {
    const { bed, caller, callee } = await talking();
    const empty = caller.sendRequest({ method: 'INFO' });
    const body = caller.info(INFO);
    await bed.clock.advance(100);
    callee.on('info', (info) => info.reply(202));
    const handled = caller.info(INFO);
    const several = caller.sendRequest({ method: 'INFO', headers: { 'Info-Package': ['a', 'b'] } });
    await bed.clock.advance(100);
    const outcomes = await Promise.all([empty, body, handled, several]);
    expect(outcomes.map(({ status }) => status)).toEqual([200, 415, 202, 400]);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('OPTIONS (RFC 3261 §11)', () => {
  it('says the same in a call and outside', async () => {
    const { bed, caller } = await talking({ eventPackages: ['dialog'], infoPackages: [] });
    const inside = caller.sendRequest({ method: 'OPTIONS' });
    const outside = bed.alice.request({ method: 'OPTIONS', target: 'sip:bob@10.0.0.2', from: 'sip:a@a' });
    await bed.clock.advance(100);
    const answers = [await inside, await outside].map(({ response }) =>
      ['Allow', 'Supported', 'Recv-Info', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Allow-Events'].map((name) =>
        response?.header(name),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.slice(2)).toEqual(['nil', 'application/sdp', 'identity', 'en', 'dialog']);
  });
});

describe('MESSAGE (RFC 3428)', () => {
  const message = {
    method: 'MESSAGE',
    target: 'sip:bob@10.0.0.2',
    from: 'sip:a@a.example',
    contentType: 'text/plain',
    contact: true,
  };

  it('has no Contact, and makes no dialog', async () => {
    const bed = await openTestBed();
    bed.bob.on('message', (incoming) => incoming.reply(202));
    const outcome = bed.alice.request({ ...message, body: 'hello' });
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ ok: true, status: 202 });
    expect(bed.network.sent('MESSAGE')[0]?.text).not.toContain('Contact:');
    expect(bed.bob.stats().dialogs).toBe(0);
    expect(await bed.leftovers()).toEqual({});
  });

  it('that is too long for UDP does not go over it', async () => {
    const bed = await openTestBed();
    bed.bob.on('message', (incoming) => incoming.reply(200));
    const outcomes = [
      bed.alice.request({ ...message, body: 'é'.repeat(700) }),
      bed.alice.request({ ...message, body: 'x'.repeat(700) }),
    ];
    await bed.clock.advance(100);
    expect((await Promise.all(outcomes)).map(({ status }) => status)).toEqual([513, 200]);
    expect(bed.network.sent('MESSAGE')).toHaveLength(1);
  });

  it('is refused when its body is encoded in a way nobody knows', async () => {
    const bed = await openTestBed();
    bed.bob.on('message', (incoming) => incoming.reply(200));
    const outcome = bed.alice.request({ ...message, body: 'x', headers: { 'Content-Encoding': 'gzip' } });
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ status: 415 });
    expect(bed.network.sent('SIP/2.0 415')[0]?.text).toContain('\r\nAccept-Encoding: identity\r\n');
  });
});
