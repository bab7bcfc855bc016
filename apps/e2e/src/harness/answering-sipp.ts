import type { Carillon } from './carillon.js';
import { freePorts } from './ports.js';
import { registerWithChallenge, scenarioOf } from './sipp-steps.js';
import { Sipp } from './sipp.js';

const UNREGISTER = scenarioOf('unregister', registerWithChallenge(1, ['Contact: *', 'Expires: 0']));

/** The server's SIP address for SIPp. */
export const sippServer = (carillon: Carillon): string => `127.0.0.1:${carillon.demo.sip.udpPort}`;

/** A demo extension's [field0] … [field2]: user name, domain, authentication. */
export function sippFields(carillon: Carillon, extension: string): string[] {
  const { sipUser, sipPassword } = carillon.staff(extension);
  return [sipUser, carillon.demo.sip.domain, `[authentication username=${sipUser} password=${sipPassword}]`];
}

/**
 * Registers an extension with one run of SIPp, and waits for calls at that same address with the next. What was registered
 * before is taken back: a SIPp that has ended is a silent phone, and holds up the end of every later call.
 */
export async function startAnsweringSipp(
  carillon: Carillon,
  extension: string,
  scenario: string,
  transport: 'udp' | 'tcp' = 'udp',
): Promise<Sipp> {
  const port = await freePorts(2);
  const where = { server: sippServer(carillon), fields: sippFields(carillon, extension), port, transport };
  for (const scenario of [UNREGISTER, 'register-only.xml']) {
    const registration = await Sipp.run({ scenario, ...where });
    if (registration.code !== 0) throw new Error(`${extension} did not register:\n${registration.errors}`);
  }
  return Sipp.start({ scenario, ...where });
}
