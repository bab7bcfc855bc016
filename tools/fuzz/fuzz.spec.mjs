import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MESSAGE_LIMITS } from '@carillon/sip-message';
import { checkSdp } from './check-sdp.mjs';
import { checkSip } from './check-sip.mjs';
import { mutate } from './mutate.mjs';
import { makeRandom } from './random.mjs';
import { readCorpus } from './read-corpus.mjs';

const VECTORS = ['sip-message', 'sdp'].map((lib) =>
  fileURLToPath(new URL(`../../libs/protocol/${lib}/vectors`, import.meta.url)),
);
const INPUTS = 3_000;

describe('a slice of fuzzing that is the same each time', () => {
  it('finds nothing', async () => {
    const corpus = await readCorpus(VECTORS);
    expect(corpus.length).toBeGreaterThan(700);
    const random = makeRandom(20_260_101);
    for (const bytes of corpus) examine(bytes);
    for (let count = 0; count < INPUTS; count++) examine(mutate(corpus, random));
  }, 60_000);

  it('lets a message with as many headers as there may be have a Content-Length in its copy', () => {
    const headers = 'X: y\r\n'.repeat(DEFAULT_MESSAGE_LIMITS.maxHeaders);
    examine(Buffer.from(`OPTIONS sip:b SIP/2.0\r\n${headers}\r\n`));
  });

  it('is decided by its seed', () => {
    const corpus = [Buffer.from('INVITE sip:a SIP/2.0\r\n\r\n')];
    const run = () => {
      const random = makeRandom(3);
      return Array.from({ length: 20 }, () => mutate(corpus, random));
    };
    expect(run()).toEqual(run());
  });
});

function examine(bytes) {
  try {
    checkSip(bytes);
    checkSdp(bytes);
  } catch (error) {
    throw new Error(`${error.message} in ${JSON.stringify(bytes.toString('latin1').slice(0, 2_000))}`, {
      cause: error,
    });
  }
}
