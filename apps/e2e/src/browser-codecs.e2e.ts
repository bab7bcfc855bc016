import { describe, it } from 'vitest';
import { ANNA, registerAnna, usePageCast } from './flows/page-phone-calls.js';
import { BrowserPhone } from './harness/browser-phone.js';

const cast = usePageCast((carillon) => BrowserPhone.start(carillon, { tone: ANNA }));

describe('a browser that is called, and agrees on several codecs', () => {
  registerAnna(cast);

  it('is heard where it begins in another than the first', async () => {
    const { anna } = cast;
    const bob = await cast.desk('1002', { tone: 700, codec: 'opus' });
    await anna.misstateOrder();
    bob.dial('1001');
    await anna.talks();
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([bob.hears(ANNA, 2, 0.6), anna.hears(700)]);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
  });
});
