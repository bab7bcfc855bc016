import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ANSWER, openTestBed } from './testing/test-bed.js';

interface TortureMessage {
  readonly id: string;
  readonly file: string;
  readonly title: string;
  readonly uas: readonly (number | string)[] | null;
  readonly registrar: readonly (number | string)[] | null;
  readonly facts: { readonly method?: string };
}

const vectors = new URL('../../../protocol/sip-message/vectors/rfc4475/', import.meta.url);
const { messages } = JSON.parse(readFileSync(new URL('expected.json', vectors), 'utf8')) as {
  messages: readonly TortureMessage[];
};
/** What needs a product to be refused: its users, and what it can hear. */
const OF_THE_PRODUCT: ReadonlySet<string> = new Set(['sdp01', 'regaut01', 'unksm2']);

/** The last status that a user agent sends to whoever sent these octets; undefined where it says nothing. */
async function statusFor(file: string): Promise<number | undefined> {
  const bed = await openTestBed();
  await bed.alice.close();
  bed.bob
    .on('invite', (invite) => void invite.accept({ sdp: ANSWER }))
    .on('message', (message) => message.reply(200))
    .on('register', (register) => register.reply(200));
  const send = bed.network.attach('10.0.0.1', 5060, () => undefined);
  send(readFileSync(new URL(file, vectors), 'latin1'), '10.0.0.2:5060', 'latin1');
  await bed.clock.advance(300);
  return bed.network.log
    .filter(({ from, text }) => from.startsWith('10.0.0.2:') && text.startsWith('SIP/2.0 '))
    .map(({ text }) => Number(text.slice(8, 11)))
    .findLast((one) => one >= 200);
}

describe('a user agent (RFC 4475)', () => {
  it.each(messages.filter(({ id }) => !OF_THE_PRODUCT.has(id)))('$id: $title', async ({ file, uas, registrar }) => {
    const allowed = new Set([...(uas ?? []), ...(registrar ?? [])]);
    const status = await statusFor(file);
    if (status === undefined) expect([...allowed]).toSatisfy(() => allowed.has('discard') || allowed.has('absorb'));
    else if (!allowed.has('process-normally')) expect([...allowed]).toContain(status);
  });
});
