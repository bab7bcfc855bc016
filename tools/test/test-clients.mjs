import { canInstallPackages, installPackages } from '../system/debian-packages.mjs';
import { runCommand } from '../system/run-command.mjs';

/** Other people's programs that the end-to-end tests drive, and the Debian packages that hold them. */
export const TEST_CLIENTS = [
  { program: 'baresip', packages: ['baresip-core', 'baresip'], needed: 'a SIP phone' },
  { program: 'sipp', packages: ['sip-tester'], needed: 'scripted SIP messages' },
  { program: 'kamailio', packages: ['kamailio'], needed: 'a proxy before and behind' },
  { program: 'linphonec', packages: ['linphone-cli'], needed: 'another SIP phone' },
  { program: 'svcrack', packages: ['sipvicious'], needed: 'the attacker' },
  { program: 'tshark', packages: ['tshark'], needed: 'another reader of captures' },
  { program: 'chromium', packages: ['chromium'], needed: 'the browser' },
  { program: 'firefox-esr', packages: ['firefox-esr'], needed: 'another browser' },
  {
    program: 'Net::SIP for Perl',
    packages: ['libnet-sip-perl'],
    needed: 'a phone that tells little of itself',
    check: ['perl', '-MNet::SIP', '-e', '1'],
  },
  { program: 'sox', packages: ['sox'], needed: 'test tones' },
];

/**
 * Installs the test clients where it may, and says loudly what is missing where it may not.
 *
 * @returns {Promise<{ program: string, needed: string, reason: string }[]>} what is still missing
 */
export async function ensureTestClients() {
  const missing = await missingClients();
  if (missing.length === 0) return [];
  const packages = missing.flatMap((client) => client.packages);
  let reason = `install it with: sudo apt-get install ${packages.join(' ')}`;
  if (canInstallPackages()) {
    const result = await installPackages(packages, 'the end-to-end tests');
    if (!result.ok) reason = `its installation failed: ${result.reason}`;
  }
  const still = await missingClients();
  if (still.length > 0) {
    console.log(`\n!!! Tests will be SKIPPED: ${still.map((client) => client.program).join(', ')} not found`);
    console.log(`!!! ${reason}\n`);
  }
  return still.map(({ program, needed }) => ({ program, needed, reason }));
}

async function missingClients() {
  const found = await Promise.all(
    TEST_CLIENTS.map(({ program, check: [command, ...rest] = ['which', program] }) => runCommand(command, rest)),
  );
  return TEST_CLIENTS.filter((_, index) => found[index].code !== 0);
}
