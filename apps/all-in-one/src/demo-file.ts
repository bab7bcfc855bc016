import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostInUrl } from '@carillon/domain';
import type { DemoSeed } from '@carillon/identity';
import type { Settings } from '@carillon/service-runtime';

/** `<data>/demo.json` (mode 0600): how scripts and tests reach the demo organisation. */
export interface DemoFile {
  readonly portal: { readonly url: string; readonly admin: { readonly email: string; readonly password: string } };
  readonly sip: {
    readonly domain: string;
    readonly host: string;
    readonly udpPort: number;
    readonly tcpPort: number;
    readonly wssUrl: string;
  };
  readonly staff: DemoSeed['staff'];
  readonly ringGroup: string;
  readonly ivr: string;
  readonly echo: string;
  readonly voicemail: string;
  readonly room: { readonly extension: string; readonly pin: string; readonly url: string };
}

/** Where people on this machine find things. */
export function addressesOf({ http, sip, advertisedAddress }: Settings): {
  readonly portalUrl: string;
  readonly sipHost: string;
  readonly sipPort: number;
  readonly webSocketUrl: string;
} {
  const open = http.host === '0.0.0.0' || http.host === '::';
  const host = hostInUrl(open ? advertisedAddress : http.host);
  return {
    portalUrl: `http://${host}:${http.port}`,
    sipHost: advertisedAddress,
    sipPort: sip.port,
    webSocketUrl: `ws://${host}:${http.port}/sip`,
  };
}

function placesOf(settings: Settings, domain: string): { portalUrl: string; sip: DemoFile['sip'] } {
  const { portalUrl, sipHost, sipPort, webSocketUrl } = addressesOf(settings);
  return { portalUrl, sip: { domain, host: sipHost, udpPort: sipPort, tcpPort: sipPort, wssUrl: webSocketUrl } };
}

function write(path: string, file: DemoFile): void {
  const partial = `${path}.partial`;
  writeFileSync(partial, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(partial, path);
}

/** Keeps the generated credentials of a new installation. */
export function writeDemoFile(settings: Settings, seed: DemoSeed): DemoFile {
  const { portalUrl, sip } = placesOf(settings, seed.domain);
  const { staff, ringGroup, ivr, echo, voicemail, room, admin } = seed;
  const file: DemoFile = {
    portal: { url: portalUrl, admin },
    ...{ sip, staff, ringGroup, ivr, echo, voicemail },
    room: { extension: room.extension, pin: room.pin, url: `${portalUrl}/meet/${room.roomId}` },
  };
  write(join(settings.dataDir, 'demo.json'), file);
  return file;
}

/** Reads it again on a later start, with the addresses as they are now. @returns undefined where someone removed it */
export function refreshDemoFile(settings: Settings): DemoFile | undefined {
  const path = join(settings.dataDir, 'demo.json');
  if (!existsSync(path)) return undefined;
  const before = JSON.parse(readFileSync(path, 'utf8')) as DemoFile;
  const { portalUrl, sip } = placesOf(settings, before.sip.domain);
  const file: DemoFile = {
    ...before,
    portal: { ...before.portal, url: portalUrl },
    sip,
    room: { ...before.room, url: before.room.url.replace(before.portal.url, portalUrl) },
  };
  if (JSON.stringify(file) !== JSON.stringify(before)) write(path, file);
  return file;
}
