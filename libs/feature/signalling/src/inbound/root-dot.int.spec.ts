import { expect, it } from 'vitest';
import { Phone, PHONE_SDP } from '../testing/phone.js';
import { outcome, ringing, until, useSignalling } from '../testing/signalling-bench.js';

const PORT = 23_130;
const bench = useSignalling(PORT);

it("a phone that writes the domain with the root's dot registers, calls and is called (RFC 1034 §3.1)", async () => {
  const { organisation } = bench;
  const dotted = { ...organisation, domain: `${organisation.domain}.` };
  const alice = await Phone.start({ organisation: dotted, extension: '1001', serverPort: PORT });
  const bob = await bench.phone('1002');
  expect((await alice.register()).status).toBe(200);
  const result = outcome(alice.call('1002'));
  (await ringing(bob)).accept({ sdp: PHONE_SDP });
  const { status, session } = await result;
  expect(status).toBe(200);
  await session?.bye();
  const back = outcome(bob.call('1001'));
  (await ringing(alice)).accept({ sdp: PHONE_SDP });
  const called = await back;
  expect(called.status).toBe(200);
  await called.session?.bye();
  await alice.userAgent.close({ graceMilliseconds: 200 });
  await until('the end of all dialogs', () => bench.running.userAgent.stats().dialogs === 0);
});
