import { join } from 'node:path';
import type { Settings } from '@carillon/service-runtime';
import { addressesOf, type DemoFile } from './demo-file.js';

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd());
}

function numbersTable({ staff, ringGroup, ivr, echo, voicemail, room }: DemoFile, withSecrets: boolean): string[] {
  const people = staff.map(({ extension, email, sipPassword, password, voicemailPin }) => [
    extension,
    email,
    ...(withSecrets ? [sipPassword, password, voicemailPin] : []),
  ]);
  const services = [
    [ringGroup, 'ring group'],
    [ivr, 'IVR menu'],
    [voicemail, 'voicemail, for the phone that calls'],
    [echo, 'echo test'],
    [room.extension, withSecrets ? `meeting room, PIN ${room.pin}` : 'meeting room'],
  ];
  return [
    ...table([
      ['number', 'log-in', ...(withSecrets ? ['SIP password', 'web password', 'voicemail PIN'] : [])],
      ...people,
    ]),
    '',
    ...table(services),
  ];
}

/**
 * What a person at the terminal needs next. Secrets are shown on the first start alone.
 * @param isNew this start made the demo organisation
 */
export function bannerOf(settings: Settings, demo: DemoFile | undefined, isNew: boolean): string {
  const { portalUrl, sipHost, sipPort, webSocketUrl } = addressesOf(settings);
  const lines = [
    '',
    '  Carillon is running',
    '',
    `    Portal   ${portalUrl}`,
    `    SIP      ${sipHost}:${sipPort} (UDP and TCP), ${webSocketUrl}${demo ? `, domain ${demo.sip.domain}` : ''}`,
    `    Data     ${settings.dataDir}`,
    '',
  ];
  if (demo !== undefined && isNew)
    lines.push(
      '  Log in as the administrator. This password is shown once; you can change it at the first log-in:',
      '',
      `    ${demo.portal.admin.email}`,
      `    ${demo.portal.admin.password}`,
      '',
    );
  if (demo !== undefined)
    lines.push(
      `  The demo organisation (SIP user name = number; credentials are in ${join(settings.dataDir, 'demo.json')}):`,
      '',
      ...numbersTable(demo, isNew),
      '',
    );
  lines.push('  Ctrl-C ends it.', '');
  return lines.join('\n');
}
