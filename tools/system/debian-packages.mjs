import { existsSync } from 'node:fs';
import process from 'node:process';
import { startStep } from '../console/step.mjs';
import { runCommand } from './run-command.mjs';

const APT_TIMEOUT_MS = 20 * 60_000;

/** Whether this machine lets us install Debian packages without asking: Debian or Ubuntu, as root. */
export function canInstallPackages() {
  return process.platform === 'linux' && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
}

/**
 * @param {string[]} packages Debian package names
 * @returns {Promise<string[]>} those that are not installed; all of them where there is no dpkg
 */
export async function missingPackages(packages) {
  const { output } = await runCommand('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages]);
  const installed = new Set(
    output
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/**
 * Installs Debian packages, with progress.
 *
 * @param {string[]} packages
 * @param {string} purpose shown to the person who waits, e.g. `the test clients`
 * @returns {Promise<{ ok: true } | { ok: false, reason: string }>}
 */
export async function installPackages(packages, purpose) {
  const step = startStep(`Installing Debian packages for ${purpose}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt (unattended-upgrades, a second start) may hold the lock: wait for it rather than fail.
  const apt = (args) =>
    runCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
      env,
      timeoutMs: APT_TIMEOUT_MS,
      onLine: (line) => line.trim() && step.update(line.trim()),
    });
  const update = await apt(['update']);
  const install = await apt(['install', '-y', '--no-install-recommends', ...packages]);
  if (install.code === 0) {
    step.done(packages.join(' '));
    return { ok: true };
  }
  const reason = lastLines(install.output || update.output);
  step.fail(reason);
  return { ok: false, reason };
}

function lastLines(text) {
  return text.trim().split('\n').slice(-3).join(' | ');
}
