import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.js';
import { silentLogger } from '../create-logger.js';
import type { TlsSettings } from '../settings.js';
import { Certificates } from './certificates.js';
import { makeSelfSigned } from './make-self-signed.js';

const NONE: TlsSettings = { sipPort: 0, wssPort: undefined, certificates: [], clients: undefined, peers: new Map() };
const clock = new ManualClock(Date.UTC(2026, 0, 1));
let dataDir: string;
const opened: Certificates[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'carillon-tls-'));
});
afterEach(() => {
  for (const certificates of opened.splice(0)) certificates.close();
  rmSync(dataDir, { recursive: true });
});

async function open(tls: Partial<TlsSettings> = {}, advertisedAddress = '192.0.2.1'): Promise<Certificates> {
  const settings = { dataDir, advertisedAddress, sipDomain: 'pbx.example', tls: { ...NONE, ...tls } };
  const certificates = await Certificates.open(settings, { clock, logger: silentLogger() });
  opened.push(certificates);
  return certificates;
}

function first(certificates: Certificates): X509Certificate {
  return new X509Certificate(certificates.current.certificates[0]?.chain ?? '');
}

async function files(name: string, host: string): Promise<{ chainFile: string; keyFile: string }> {
  const made = await makeSelfSigned([host], clock.now());
  const found = { chainFile: join(dataDir, `${name}.pem`), keyFile: join(dataDir, `${name}.key`) };
  writeFileSync(found.chainFile, made.chain);
  writeFileSync(found.keyFile, made.key);
  return found;
}

describe('without certificates in the settings', () => {
  it('one is made for this installation, kept, and its key is for nobody else', async () => {
    const certificate = first(await open());
    expect(certificate.checkHost('pbx.example')).toBe('pbx.example');
    expect(certificate.checkIP('192.0.2.1')).toBe('192.0.2.1');
    expect(statSync(join(dataDir, 'secrets/tls-key.pem')).mode & 0o777).toBe(0o600);
    expect(first(await open()).fingerprint256).toBe(certificate.fingerprint256);
  });

  it('another is made when the installation gets another address, or its file is damaged', async () => {
    const before = first(await open()).fingerprint256;
    const moved = first(await open({}, 'pbx2.example'));
    expect(moved.fingerprint256).not.toBe(before);
    expect(moved.checkHost('pbx2.example')).toBe('pbx2.example');
    writeFileSync(join(dataDir, 'tls-certificate.pem'), 'damaged');
    expect(first(await open({}, 'pbx2.example')).fingerprint256).not.toBe(moved.fingerprint256);
  });
});

describe('certificates in files', () => {
  it('are read in their order, with authorities of clients and of servers', async () => {
    const [one, two] = [await files('one', 'a.example'), await files('two', 'b.example')];
    const { current } = await open({
      certificates: [one, two],
      clients: { authoritiesFile: one.chainFile, certificate: 'required' },
      peers: new Map([
        ['old.example', 'insecure'],
        ['new.example', two.chainFile],
      ]),
    });
    expect(current.certificates.map(({ chain }) => new X509Certificate(chain).subject.split('\n')[0])).toEqual([
      'CN=a.example',
      'CN=b.example',
    ]);
    expect(current.clients?.certificate).toBe('required');
    expect(current.peers.get('old.example')).toBe('insecure');
    expect(current.peers.get('new.example')).toEqual({ authorities: readFileSync(two.chainFile, 'utf8') });
  });

  it('are refused at the start, by the file that is wrong', async () => {
    const one = await files('one', 'a.example');
    const two = await files('two', 'b.example');
    const missing = { ...one, keyFile: join(dataDir, 'none.key') };
    await expect(open({ certificates: [missing] })).rejects.toThrow('none.key cannot be read');
    const mixed = { ...one, keyFile: two.keyFile };
    await expect(open({ certificates: [mixed] })).rejects.toThrow('does not belong');
    writeFileSync(one.chainFile, 'no PEM');
    await expect(open({ certificates: [one] })).rejects.toThrow('no certificate and key in PEM');
  });

  it('are read again on SIGHUP and by themselves; what cannot be used changes nothing', async () => {
    const one = await files('one', 'a.example');
    const certificates = await open({ certificates: [one] });
    const changes: string[] = [];
    certificates.onChange(() => changes.push(first(certificates).subject.split('\n')[0] ?? ''));
    await files('one', 'renewed.example');
    process.emit('SIGHUP');
    expect(changes).toEqual(['CN=renewed.example']);
    writeFileSync(one.keyFile, 'half a ke');
    process.emit('SIGHUP');
    expect(changes).toHaveLength(1);
    await files('one', 'again.example');
    clock.advance(61_000);
    expect(changes).toEqual(['CN=renewed.example', 'CN=again.example']);
  });
});

describe('certificates that were uploaded', () => {
  it('take the place of our own, and give it back', async () => {
    const certificates = await open();
    const own = first(certificates).fingerprint256;
    const changes: number[] = [];
    certificates.onChange(({ certificates: all }) => changes.push(all.length));
    const [one, two] = [
      await makeSelfSigned(['a.example'], clock.now()),
      await makeSelfSigned(['b.example'], clock.now()),
    ];
    certificates.useUploaded([
      { certificateId: '1', ...one },
      { certificateId: '2', ...two },
    ]);
    expect(certificates.inUse.map(({ origin }) => origin)).toEqual([
      { kind: 'uploaded', certificateId: '1' },
      { kind: 'uploaded', certificateId: '2' },
    ]);
    expect(JSON.stringify(certificates.inUse)).not.toContain('PRIVATE KEY');
    certificates.useUploaded([]);
    expect(first(certificates).fingerprint256).toBe(own);
    expect(changes).toEqual([2, 1]);
  });

  it('come behind files, which are shown where no name is asked for', async () => {
    const file = await files('one', 'a.example');
    const certificates = await open({ certificates: [file] });
    const made = await makeSelfSigned(['b.example'], clock.now());
    certificates.useUploaded([{ certificateId: '1', ...made }]);
    expect(certificates.inUse.map(({ origin }) => origin.kind)).toEqual(['file', 'uploaded']);
    await files('one', 'renewed.example');
    process.emit('SIGHUP');
    expect(certificates.inUse.map(({ origin }) => origin.kind)).toEqual(['file', 'uploaded']);
    expect(first(certificates).subject).toContain('renewed.example');
  });

  it('that end soon are warned of, once a day', async () => {
    const warned: string[] = [];
    const logger = { ...silentLogger(), warn: (_: unknown, text?: string) => void warned.push(text ?? '') };
    const settings = { dataDir, advertisedAddress: '192.0.2.1', sipDomain: 'pbx.example', tls: NONE };
    const certificates = await Certificates.open(settings, { clock, logger: logger as never });
    opened.push(certificates);
    const soon = await makeSelfSigned(['soon.example'], clock.now() - 3640 * 86_400_000);
    certificates.useUploaded([{ certificateId: '1', ...soon }]);
    expect(warned).toHaveLength(1);
    for (let minutes = 0; minutes < 24 * 60 + 1; minutes += 1) clock.advance(60_000);
    expect(warned).toHaveLength(2);
  });
});
