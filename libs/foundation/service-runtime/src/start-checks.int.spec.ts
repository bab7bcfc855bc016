import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimDataDirectory } from './data-directory.js';
import { loadSettings } from './parse-settings.js';
import { assertNodeVersion, assertPortsFree } from './start-checks.js';

const settings = loadSettings({ CARILLON_HTTP_PORT: '13001', CARILLON_SIP_PORT: '13002' });

describe('a start is refused', () => {
  it('on a Node that is too old, or of a line without long-term support', () => {
    expect(() => assertNodeVersion('18.20.1')).toThrow(
      'Carillon needs Node 24, 22.12 or 20.19 (or newer ones of these lines), and this is Node 18.20.1.',
    );
    for (const version of ['20.18.9', '21.7.3', '22.11.0', '23.11.1'])
      expect(() => assertNodeVersion(version)).toThrow(version);
    for (const version of ['20.19.0', '22.12.0', '24.0.0', '26.1.0', process.versions.node]) assertNodeVersion(version);
  });

  it('on a taken TCP port, naming it and its setting', async () => {
    await assertPortsFree(settings);
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(13001, '127.0.0.1', done));
    await expect(assertPortsFree(settings)).rejects.toMatchObject({
      code: 'START.PORT_TAKEN',
      message: 'TCP port 13001 on 127.0.0.1 is already in use: free it or set CARILLON_HTTP_PORT to another.',
    });
    await new Promise((done) => taken.close(done));
  });

  it('on a taken UDP port, and on an address that is not ours', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((done) => taken.bind(13002, '127.0.0.1', done));
    await expect(assertPortsFree(settings)).rejects.toMatchObject({ code: 'START.PORT_TAKEN' });
    await new Promise<void>((done) => taken.close(done));
    const elsewhere = { ...settings, http: { host: '192.0.2.1', port: 13001 } };
    await expect(assertPortsFree(elsewhere)).rejects.toMatchObject({ code: 'START.ADDRESS_UNKNOWN' });
  });

  it('on a data directory that cannot be made', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'carillon-lock-')), 'file');
    writeFileSync(file, '');
    expect(() => claimDataDirectory(join(file, 'data'))).toThrow(
      expect.objectContaining({ code: 'START.DATA_DIR_READ_ONLY' }),
    );
  });
});

describe('the data directory', () => {
  it('belongs to one process, until that lets go or dies', () => {
    const dataDir = join(mkdtempSync(join(tmpdir(), 'carillon-lock-')), 'data');
    const other = spawn('sleep', ['60']);
    claimDataDirectory(dataDir).release();
    expect(existsSync(join(dataDir, 'carillon.lock'))).toBe(false);

    writeFileSync(join(dataDir, 'carillon.lock'), `${other.pid}\n`);
    expect(() => claimDataDirectory(dataDir)).toThrow(expect.objectContaining({ code: 'START.DATA_DIR_IN_USE' }));
    // The same number, but of a process that began at another time.
    writeFileSync(join(dataDir, 'carillon.lock'), `${other.pid} 1\n`);
    claimDataDirectory(dataDir).release();
    other.kill();
    // A process that is no more.
    writeFileSync(join(dataDir, 'carillon.lock'), '999999999 5\n');
    const claim = claimDataDirectory(dataDir);
    claim.release();
    claim.release();
  });
});
