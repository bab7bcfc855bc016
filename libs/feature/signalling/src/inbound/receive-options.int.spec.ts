import { describe, expect, it } from 'vitest';
import type { Phone } from '../testing/phone.js';
import { useSignalling } from '../testing/signalling-bench.js';

const PORT = 16_140;
const bench = useSignalling(PORT);

/** @param who in the Request-URI; nobody: the server itself */
async function options(phone: Phone, who?: string, { password = 'pw-1001' } = {}) {
  const { domain } = bench.organisation;
  const { status, response } = await phone.userAgent.request({
    method: 'OPTIONS',
    target: who === undefined ? `sip:${domain}` : `sip:${who}@${domain}`,
    route: [`sip:127.0.0.1:${PORT};lr`],
    from: phone.address,
    credentials: { username: '1001', password },
  });
  return { status, response };
}

describe('OPTIONS (RFC 3261 §11.2)', () => {
  it('to a member is answered as a call would be', async () => {
    const alice = await bench.phone('1001');
    expect((await options(alice, '1002')).response?.reason).toBe('Not registered');
    expect((await options(alice, '7999')).status).toBe(404);
    const bob = await bench.phone('1002');
    const there = await options(alice, '1002');
    expect(there.status).toBe(200);
    expect(there.response?.header('Allow')).toContain('MESSAGE');
    expect(there.response?.header('Accept')).toContain('application/sdp');
    expect(there.response?.header('Allow-Events')).toContain('reg');
    await bob.register({ expires: 0 });
    expect((await options(alice, '1002')).status).toBe(480);
    // Nobody's phone is there, but a mailbox.
    expect((await options(alice, '1003')).status).toBe(200);
  });

  it('tells who is here to nobody without a password', async () => {
    const alice = await bench.phone('1001');
    for (const who of ['1002', '7999']) expect((await options(alice, who, { password: 'wrong' })).status).toBe(403);
  });

  it('to the server, and to oneself, is a ping: no password is asked', async () => {
    const stranger = await bench.phone('1001', { register: false });
    expect((await options(stranger, undefined, { password: 'wrong' })).status).toBe(200);
    expect((await options(stranger, '1001', { password: 'wrong' })).status).toBe(200);
  });
});
