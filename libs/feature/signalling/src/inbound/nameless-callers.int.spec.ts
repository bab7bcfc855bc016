import type { SipRequest } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP, type Phone } from '../testing/phone.js';
import { outcome, ringing } from '../testing/signalling-bench.js';
import { useTrunks } from '../testing/trunk-bench.js';

const PORT = 16_072;
const { bench, trunks } = useTrunks(PORT);
const NOBODY = '"Anonymous" <sip:anonymous@anonymous.invalid>';

const RIGHT = { username: '1001', password: 'pw-1001' };

const dial = (phone: Phone, from: string, target: string, credentials = RIGHT) =>
  phone.userAgent.invite({
    ...{ target, from, sdp: PHONE_SDP },
    route: [`sip:127.0.0.1:${PORT};lr`],
    credentials,
  });

/** What reaches Bob of a call of Alice's. */
async function shown(from: string, target: string): Promise<SipRequest> {
  const alice = await bench.phone('1001');
  const bob = await bench.phone('1002');
  const call = dial(alice, from, target);
  const done = outcome(call);
  const { request } = await ringing(bob);
  call.cancel();
  await done;
  expect(await bench.endedRecord()).toMatchObject({ fromNumber: '1001', toNumber: '1002' });
  return request;
}

const number = (user: string): string => `sip:${user}@${bench.organisation.domain}`;

describe('a phone that writes nobody into From (RFC 3323 §4.1.1.3)', () => {
  it('is known by its password, and calls without a name, though it does not ask for privacy', async () => {
    const request = await shown(NOBODY, number('1002'));
    expect(request.header('From')).toMatch(/^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=/);
    expect(request.has('P-Asserted-Identity')).toBe(false);
    expect(Buffer.from(request.bytes).toString()).not.toContain('1001');
  });

  it('is known as well where calls over a trunk prove themselves by a password', async () => {
    await trunks.add({ host: '127.0.0.5', username: 'acme', passwordSealed: 'secret', challenges: true });
    await shown(NOBODY, number('1002'));
  });

  it.each([false, true])('and has a wrong password gets what others get (with a trunk: %s)', async (withTrunk) => {
    if (withTrunk) {
      await trunks.add({ host: '127.0.0.5', username: 'acme', passwordSealed: 'secret', challenges: true });
    }
    const alice = await bench.phone('1001');
    for (const username of ['1001', 'nobody-has-this-name']) {
      const call = dial(alice, NOBODY, number('1002'), { username, password: 'wrong' });
      expect((await outcome(call)).status).toBe(403);
    }
  });

  it('and calls another domain is not known there', async () => {
    const alice = await bench.phone('1001');
    expect((await outcome(dial(alice, NOBODY, 'sip:1002@elsewhere.example'))).status).toBe(404);
  });
});

/** The algorithms that a call without credentials is asked for. */
async function asked(phone: Phone, user: string): Promise<readonly string[]> {
  const challenged = new Promise<readonly string[]>((settle) => {
    phone.userAgent
      .invite({ target: number('1002'), from: number(user), route: [`sip:127.0.0.1:${PORT};lr`], sdp: PHONE_SDP })
      .on('rejected', ({ status, response }) =>
        settle([String(status), ...(response?.headers('WWW-Authenticate') ?? [])]),
      );
  });
  return (await challenged).map((line) => /algorithm=([^,]+)/.exec(line)?.[1] ?? line);
}

describe('who calls under a name that nobody has', () => {
  it('is asked for a password as members are, though calls over a trunk prove themselves by one', async () => {
    await trunks.add({ host: '127.0.0.5', username: 'acme', passwordSealed: 'secret', challenges: true });
    const alice = await bench.phone('1001');
    expect(await asked(alice, 'nobody-has-this-name')).toEqual(await asked(alice, '1001'));
    expect(await asked(alice, '1001')).toEqual(['401', 'MD5', 'SHA-256']);
  });
});

describe('a telephone number', () => {
  it('in From (RFC 3261 §20.20) belongs to whose password comes with it', async () => {
    const request = await shown('<tel:1001;phone-context=example.org>', number('1002'));
    expect(request.from).toMatchObject({ displayName: 'User 1001', uri: number('1001') });
  });

  it.each(['tel:10-02;phone-context=example.org', 'tel:1002'])('is dialled as %s', async (target) => {
    await shown(`<${number('1001')}>`, target);
  });

  it('is dialled as the user part of a SIP URI, with all that belongs to it (RFC 3261 §19.1.6)', async () => {
    await shown(`<${number('1001')}>`, `${number('1002;phone-context=example.org')};user=phone`);
  });
});
