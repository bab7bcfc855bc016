import { networkInterfaces } from 'node:os';
import { describe } from 'vitest';
import {
  ANNA,
  itCallsDeskPhones,
  itHoldsAndIsHeld,
  itPressesKeysOfTheMenu,
  itRestartsIce,
  registerAnna,
  usePageCast,
} from './flows/page-phone-calls.js';
import { BrowserPhone } from './harness/browser-phone.js';
import { Firefox } from './harness/firefox.js';
import { hasProgram } from './harness/has-program.js';
import { SipJsPhone } from './harness/sip-js-phone.js';

/** Firefox sends no media over loopback: Carillon listens at this machine's own address. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

const cannot = address === undefined || !(await hasProgram('firefox-esr'));

describe.skipIf(cannot)('JsSIP in Firefox', () => {
  const cast = usePageCast(
    async (carillon) => BrowserPhone.start(carillon, { browser: await Firefox.start({ tone: ANNA }) }),
    address,
  );
  registerAnna(cast);
  itCallsDeskPhones(cast);
  itHoldsAndIsHeld(cast);
  itRestartsIce(cast);
  itPressesKeysOfTheMenu(cast);
});

describe.skipIf(cannot)('SIP.js in Firefox', () => {
  const cast = usePageCast(
    async (carillon) => SipJsPhone.start(carillon, { browser: await Firefox.start({ tone: ANNA }) }),
    address,
  );
  registerAnna(cast);
  itCallsDeskPhones(cast);
  itHoldsAndIsHeld(cast);
  itPressesKeysOfTheMenu(cast);
});
