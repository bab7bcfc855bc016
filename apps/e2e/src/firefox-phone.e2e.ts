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

/** Firefox sends no media over loopback: Carillon listens at this machine's own address. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

describe.skipIf(address === undefined || !(await hasProgram('firefox-esr')))('JsSIP in Firefox', () => {
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
