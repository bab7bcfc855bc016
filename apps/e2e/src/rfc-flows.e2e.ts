import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Cast } from './flows/flow.js';
import { REGISTRATION_FLOWS, SESSION_FLOWS, SILENT_PHONE } from './flows/rfc-3665.js';
import { SERVICE_FLOWS } from './flows/rfc-5359.js';
import { TWO_DIALOG_FLOWS } from './flows/rfc-5359-two-dialogs.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { FLOW_PHONE, FlowPhone, TRANSPORTS } from './harness/flow-phone.js';

/*
 * The call flows of RFC 3665 and RFC 5359, and where each is tested. SIPp plays all phones and checks each message.
 *
 * | flow                                             | test                                                      |
 * | ------------------------------------------------ | --------------------------------------------------------- |
 * | 3665 §2.1 – §2.5 registrations                   | here                                                      |
 * | 3665 §3.1, §3.3 session, with authentication     | here; a back-to-back user agent always asks the caller    |
 * | 3665 §3.2 through proxies                        | `roles.e2e.ts`, as a proxy, and behind a Kamailio         |
 * | 3665 §3.4 proxy failure                          | not ours: the phone's choice among proxies (RFC 3263)     |
 * | 3665 §3.5 SIP ALG                                | not ours: a NAT that rewrites messages                    |
 * | 3665 §3.6 redirect                               | `roles.e2e.ts`, as a redirect server                      |
 * | 3665 §3.7 re-INVITE, §3.8 CANCEL, §3.9 – §3.11   | here                                                      |
 * | 5359 §2.1 hold, §2.4 unattended transfer         | here                                                      |
 * | 5359 §2.2 consultation hold, §2.5 attended       | here; of the phone that talks to two, each dialog is a    |
 * | transfer                                         | SIPp of its own, and one is told of the other's dialog    |
 * | 5359 §2.7 forwarding by the phone's 302          | here                                                      |
 * | 5359 §2.8, §2.9 forwarding, busy and no answer   | `voicemail-reasons.e2e.ts`                                |
 * | 5359 §2.12 find-me                               | `ways-to-call.e2e.ts`, the ring group                     |
 * | 5359 §2.18 click to dial                         | `click-to-call.e2e.ts`                                    |
 * | 5359 §2.16 pick-up, with the dialog package     | here                                                      |
 * | 5359 §2.6 transfer by instant message            | `phone-messages.e2e.ts`, the message; the call is a call  |
 * | 5359 §2.3 music on hold                          | `hold-music.e2e.ts`                                       |
 * | 5359 §2.10, §2.11 three-way conferences          | not ours: the phone mixes; meeting rooms instead          |
 */

const FLOWS = [...REGISTRATION_FLOWS, ...SESSION_FLOWS, ...SERVICE_FLOWS, ...TWO_DIALOG_FLOWS, ...SILENT_PHONE];
/** Whose calls end with the phone's own answer, not in a mailbox. */
const BOB = '1005';

let carillon: Carillon;

beforeAll(async () => {
  carillon = await Carillon.start();
  const admin = await adminOf(carillon);
  const users = await admin.do<{ userId: string; extension: string }[]>('GET', '/api/admin/users');
  const bob = users.find(({ extension }) => extension === BOB);
  await admin.do('PATCH', `/api/admin/users/${bob?.userId}`, { voicemail: false });
  // Over WebSocket too it speaks plain RTP, unlike a browser.
  const plain = { digest: 'md5-first', reliableProvisional: true, sessionTimer: true, callerIdentity: 'asserted' };
  const profile = { name: 'SIPp', userAgent: FLOW_PHONE, quirks: { ...plain, mediaEncryption: 'none' } };
  await admin.do('PUT', '/api/admin/device-profiles', { profiles: [profile] });
});
afterAll(() => carillon?.remove());

for (const transport of TRANSPORTS) {
  describe(`call flows over ${transport}`, () => {
    let cast: Cast;
    beforeAll(async () => {
      const [alice, bob, carol, dave] = await Promise.all([
        FlowPhone.plugIn(carillon, '1006', transport),
        FlowPhone.plugIn(carillon, BOB, transport),
        FlowPhone.plugIn(carillon, '1004', transport),
        FlowPhone.plugIn(carillon, '1003', transport),
      ]);
      cast = { alice, bob, bobToo: await FlowPhone.beside(bob, transport), carol, dave };
      await bob.register();
      await carol.register();
    });
    afterAll(async () => {
      for (const phone of Object.values(cast) as FlowPhone[]) {
        if (phone !== cast.bobToo) await phone.unregister();
        phone.unplug();
      }
    });
    for (const flow of FLOWS) it(`RFC ${flow.name}`, () => flow.run(cast));
  });
}
