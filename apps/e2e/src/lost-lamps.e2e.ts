import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { Mailbox } from './harness/mailbox.js';
import { Phones } from './harness/phones.js';
import { TcpRelay } from './harness/tcp-relay.js';
import { sleep, until } from './harness/wait.js';

let carillon: Carillon;
let relay: TcpRelay;
const phones = new Phones(() => carillon);
/** RFC 5626 §4.5: a phone that lost its connection waits for half a minute to a minute before it tries again. */
const COMES_BACK = { timeoutMs: 90_000 };
const QUICKLY_MS = 5_000;

beforeAll(async () => {
  // Whichever of the two its next connection comes to.
  carillon = await Carillon.start({ CARILLON_SIGNALLING_PROCESSES: '2' });
  relay = await TcpRelay.start(carillon.sipPort);
});
afterEach(() => phones.stopAll());
afterAll(async () => {
  relay?.stop();
  await carillon?.remove();
});

it('the lamp of a phone whose connection was cut is right within seconds of its return', async () => {
  const mailbox = await Mailbox.openEmpty(carillon, '1003');
  const lamp = (what: RegExp) => until(`the lamp to say ${what.source}`, () => what.test(owner.log));
  // Its Contact is its own end of the connection: nobody listens there.
  const owner = await phones.start('1003', {
    ...{ tone: 700, mwi: true, answer: 'manual', transport: 'tcp', keepsFlow: true, serverPort: relay.port },
  });
  await lamp(/Messages-Waiting:\s*no/i);
  const registered = owner.count('REGISTER_OK');
  relay.cut();

  const caller = await phones.start('1001', { tone: 440 });
  caller.dial('1003');
  await caller.seen('CALL_ESTABLISHED', { timeoutMs: 60_000 });
  await caller.hearsBeep();
  await sleep(4000);
  caller.hangUp();
  await mailbox.newest();
  expect(owner.log).not.toMatch(/Messages-Waiting:\s*yes/i);

  relay.repair();
  await owner.seen('REGISTER_OK', { count: registered + 1, ...COMES_BACK });
  const back = Date.now();
  await lamp(/Messages-Waiting:\s*yes/i);
  expect(Date.now() - back).toBeLessThan(QUICKLY_MS);
  expect(owner.log).toMatch(/Voice-Message:\s*1\/0/i);

  // And what happens now is told by the new connection, at once.
  for (const message of await mailbox.messages()) await mailbox.delete(message);
  await until('the lamp to go out', () => (owner.log.match(/Messages-Waiting:\s*no/gi)?.length ?? 0) > 1);
}, 240_000);
