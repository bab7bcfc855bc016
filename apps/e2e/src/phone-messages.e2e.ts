import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Baresip } from './harness/baresip.js';
import { portalOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { hasProgram } from './harness/has-program.js';
import { Linphone } from './harness/linphone.js';
import { Phones } from './harness/phones.js';
import { Realtime } from './harness/realtime.js';
import { until } from './harness/wait.js';

const hasLinphone = await hasProgram('linphonec');
let carillon: Carillon;
const phones = new Phones(() => carillon);
const closing: (() => void | Promise<void>)[] = [];

interface Message {
  readonly body: string;
  readonly authorId: string;
}

/** Alice at the portal, in the chat with somebody. */
async function chatWith(extension: string) {
  const portal = await portalOf(carillon, '1001');
  const realtime = await Realtime.connect(carillon, portal);
  closing.push(() => realtime.close());
  const contacts = await portal.do<{ userId: string; extension: string | null }[]>('GET', '/api/contacts');
  const other = contacts.find((contact) => contact.extension === extension)?.userId;
  const opened = await portal.do<{ conversationId: string }>('POST', '/api/conversations', { memberIds: [other] });
  const { conversationId } = opened;
  return {
    async write(body: string) {
      const message = { conversationId, body, clientToken: crypto.randomUUID() };
      expect(await realtime.request('chat-message.send', message)).toMatchObject({ ok: true });
    },
    /** Waits until the other's words are shown. */
    async reads(body: string) {
      await until(`"${body}" in the portal`, () =>
        realtime.events.some(({ name, payload }) => {
          const { message } = payload as { message?: Message };
          return name === 'chat-message.sent' && message?.body === body && message.authorId === other;
        }),
      );
    },
  };
}

/** baresip has no screen here: it rings for a message, and says 200. */
async function takes(phone: Baresip, text: string): Promise<void> {
  await until(`baresip to take "${text}"`, () => {
    const [, callId] =
      new RegExp(`\\nMESSAGE sip:[^]*?\\nCall-ID: (\\S+)[^]*?\\r\\n\\r\\n${text.replace('?', '\\?')}`).exec(
        phone.log,
      ) ?? [];
    return callId !== undefined && new RegExp(`\\nSIP/2.0 200 OK\\r[^]*?\\nCall-ID: ${callId}\\r`).test(phone.log);
  });
}

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map(async (close) => close()));
  await phones.stopAll();
  await carillon.revive();
});
afterAll(() => carillon?.remove());

describe('a chat message', () => {
  it('is taken by baresip, which says in Allow that it takes such; what is typed there is read in the portal', async () => {
    const bob = await phones.start('1002', { tone: 700, contact: '1001' });
    const chat = await chatWith('1002');
    await chat.write('Lunch at noon?');
    await takes(bob, 'Lunch at noon?');
    bob.write('Gladly, see you then');
    await chat.reads('Gladly, see you then');
  });

  it('still reaches it after the server was killed: what it said is kept with its registration', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    await carillon.end('SIGKILL');
    await carillon.run();
    const chat = await chatWith('1002');
    await chat.write('Back again');
    await takes(bob, 'Back again');
    expect(bob.count('REGISTER_OK')).toBeLessThan(2);
  });

  it.skipIf(!hasLinphone)(
    'is shown by Linphone, which says nothing of messages; what is typed there is read in the portal',
    async () => {
      const { sipUser, sipPassword } = carillon.staff('1003');
      const { domain, udpPort } = carillon.demo.sip;
      const account = { user: sipUser, password: sipPassword, domain, serverPort: udpPort };
      const linphone = await Linphone.start({ ...account, tone: 440 });
      closing.push(() => linphone.stop());
      const chat = await chatWith('1003');
      await chat.write('Tea at four?');
      await until('Linphone to show it', () => linphone.output.includes('Tea at four?'));
      linphone.write('1001', 'Make it five');
      await chat.reads('Make it five');
    },
  );
});
