import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MAX_HOLD_MUSIC_BYTES, type AuditEntry, type OwnHoldMusic } from '@carillon/contracts';
import { holdMusicFile } from '@carillon/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from '../test-gateway.js';

const PATH = '/api/admin/hold-music';

let gateway: TestGateway;
let admin: TestClient;
beforeAll(async () => {
  gateway = await openTestGateway(24_030);
  admin = await gateway.admin();
});
afterAll(() => gateway?.close());

/** A WAV file of silence. */
function wav(seconds: number, { sampleRate = 16_000, channels = 1, bits = 16 } = {}): Buffer {
  const bytes = seconds * sampleRate * channels * (bits / 8);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  for (const [at, value] of [16, (channels << 16) | 1, sampleRate, sampleRate * channels * (bits / 8)].entries())
    head.writeUInt32LE(value, 16 + at * 4);
  head.writeUInt16LE(channels * (bits / 8), 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(bytes, 40);
  return Buffer.concat([head, Buffer.alloc(bytes)]);
}

const upload = (sound: Buffer, fileName = 'waltz.mp3', client = admin) =>
  client.send('PUT', PATH, { fileName, wav: sound.toString('base64') });
const own = async (client = admin) => (await client.do<{ own: OwnHoldMusic | null }>('GET', PATH)).own;
const fileOf = (organisationId = gateway.seed.organisationId) =>
  join(gateway.opened.dataDir, holdMusicFile(organisationId));

describe('music on hold of an organisation’s own', () => {
  it('is uploaded, heard, replaced and taken away, each with an audit entry; others have their own', async () => {
    const other = await gateway.client().login(gateway.other.email, gateway.other.password);
    expect(await own()).toBeNull();
    expect((await admin.send('GET', `${PATH}/audio`)).status).toBe(404);
    expect((await upload(wav(2))).body).toMatchObject({ fileName: 'waltz.mp3', seconds: 2 });
    // As long as it may be.
    expect((await upload(wav(300), 'march.flac')).status).toBe(200);
    expect(await own()).toMatchObject({ fileName: 'march.flac', seconds: 300, uploadedBy: 'Administrator' });
    expect((await admin.send('GET', `${PATH}/audio`)).status).toBe(200);
    expect(readdirSync(dirname(fileOf()))).toHaveLength(1);

    expect(await own(other)).toBeNull();
    expect((await other.send('GET', `${PATH}/audio`)).status).toBe(404);
    await other.do('DELETE', PATH);
    expect(existsSync(fileOf())).toBe(true);

    await admin.do('DELETE', PATH);
    await admin.do('DELETE', PATH);
    expect([await own(), existsSync(fileOf())]).toEqual([null, false]);
    const { entries } = await admin.do<{ entries: AuditEntry[] }>('GET', '/api/admin/audit');
    const acts = entries.filter(({ action }) => action.startsWith('hold-music.'));
    expect(acts.map(({ action, target }) => `${action} ${target}`)).toEqual([
      'hold-music.removed march.flac',
      'hold-music.uploaded march.flac',
      'hold-music.uploaded waltz.mp3',
    ]);
  });

  it.each([
    ['no sound at all', Buffer.from('<html></html>')],
    ['only a header', wav(2).subarray(0, 30)],
    ['shorter than a second', wav(0.5)],
    ['longer than 5 minutes', wav(301, { sampleRate: 8_000 })],
    ['in stereo', wav(2, { channels: 2 })],
    ['of 8 bits', wav(2, { bits: 8 })],
    ['of a rate that telephones do not have', wav(2, { sampleRate: 44_100 })],
  ])('is refused where it is %s', async (_what, sound) => {
    const { status, body } = await upload(sound);
    expect([status, Object.keys(body['fields'] as object)]).toEqual([400, ['wav']]);
    expect([await own(), existsSync(fileOf())]).toEqual([null, false]);
  });

  it('is too large beyond what 5 minutes take, and is not even read of who may not send it', async () => {
    expect((await upload(Buffer.alloc(MAX_HOLD_MUSIC_BYTES + 8_192))).status).toBe(413);
    expect((await upload(wav(60), 'x', await gateway.staff(0))).status).toBe(403);
    expect((await upload(wav(60), 'x', gateway.client())).status).toBe(401);
    expect(await own()).toBeNull();
  });
});
