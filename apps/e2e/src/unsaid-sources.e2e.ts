import type * as JsSip from 'jssip';
import { describe, it } from 'vitest';
import { ANNA, registerAnna, usePageCast } from './flows/page-phone-calls.js';
import { BrowserPhone } from './harness/browser-phone.js';
import { sleep } from './harness/wait.js';

const cast = usePageCast((carillon) => BrowserPhone.start(carillon, { tone: ANNA }));
type PhoneWindow = typeof globalThis & { state: { phone: JsSip.UA } };

/** As gateways and desk phones with ICE offer: nothing says beforehand which packets are theirs. */
function saysNoSource(): Promise<void> {
  return cast.anna.browser.page.evaluate(() => {
    (globalThis as PhoneWindow).state.phone.on(
      'newRTCSession',
      ({ session }: { session: ReturnType<JsSip.UA['call']> }) =>
        session.on('sdp', (event) => {
          if (event.originator !== 'local') return;
          event.sdp = event.sdp.replace(/a=(?:ssrc|ssrc-group|msid|msid-semantic|extmap)[: ].*\r\n/g, '');
        }),
    );
  });
}

describe('a phone with ICE that says neither SSRC nor MID', () => {
  registerAnna(cast);

  it('is heard, and hears; also after hold, and with new ICE credentials', async () => {
    const { anna } = cast;
    await saysNoSource();
    const bob = await cast.desk('1002', { tone: 700 });
    await anna.call('1002');
    await anna.talks();
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([anna.hears(700), bob.hears(ANNA)]);
    await anna.hold();
    await sleep(1000);
    await anna.resume();
    await Promise.all([anna.hears(700), bob.soundFlows()]);
    if (!(await anna.restartIce())) throw new Error('ICE was not restarted');
    await Promise.all([anna.hears(700), bob.soundFlows()]);
    // Longer than the agent waits for who does not show itself.
    await sleep(35_000);
    await Promise.all([anna.hears(700), bob.soundFlows()]);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
  }, 120_000);
});
