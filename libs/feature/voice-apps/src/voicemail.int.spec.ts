import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventPayload } from '@carillon/contracts';
import { Database } from '@carillon/database';
import { MailboxId } from '@carillon/domain';
import { CodedError } from '@carillon/service-runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PHRASES } from './phrases.js';
import { ScriptedCaller } from './testing/scripted-caller.js';
import { toneWav } from './testing/tone-wav.js';
import { PIN, type Service, type Staff, VoiceAppsBench } from './testing/voice-apps-bench.js';

let bench: VoiceAppsBench;
let service: Service;
let caller: ScriptedCaller;
let bob: Staff;
let changes: EventPayload<'mailbox.changed'>[];

beforeAll(async () => {
  bench = await VoiceAppsBench.open();
  bob = bench.staff[1] ?? bob;
});
afterAll(() => bench.test.close());
beforeEach(async () => {
  await bench.test.database.asSystem('test data', (tx) => tx.voicemailMessage.deleteMany());
  await rm(join(bench.test.dataDir, 'voicemail'), { recursive: true, force: true });
  await begin();
});
afterEach(() => service.close());

async function begin(database?: Database): Promise<void> {
  service = await bench.start(database);
  caller = service.caller('1001');
  changes = [];
  service.bus.subscribe('mailbox.changed', (change) => void changes.push(change));
}

async function until<Value>(what: string, look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  for (const end = Date.now() + 15_000; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
  }
  throw new Error(`Waited for ${what}`);
}

const leave = () =>
  caller.start({ kind: 'leave-voicemail', mailboxId: MailboxId.parse(bob.mailboxId), reason: 'no-answer' });

async function leaveMessage(ms: number): Promise<void> {
  caller = service.caller('1001');
  await leave();
  caller.say(toneWav(ms));
  await caller.sees('record');
  await caller.hangUp();
  await service.bus.settled();
}

async function addMessages(count: number, heard = 0): Promise<string[]> {
  const { organisationId } = bench;
  const folder = bench.folderOf(bob.mailboxId);
  await mkdir(folder, { recursive: true });
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const id = crypto.randomUUID();
    await writeFile(join(folder, `${id}.wav`), toneWav(1500));
    const path = join('voicemail', organisationId, bob.mailboxId, `${id}.wav`);
    const sound = { path, durationMs: 1500, sizeBytes: 1, sha256: '' };
    const receivedAt = new Date(Date.now() - 60_000 + index);
    const heardAt = index < heard ? new Date() : null;
    const from = { fromNumber: String(2000 + index), receivedAt, heardAt };
    const data = { id, organisationId, mailboxId: bob.mailboxId, ...from, ...sound };
    await bench.test.database.forOrganisation(organisationId, (tx) => tx.voicemailMessage.create({ data }));
    ids.push(id);
  }
  return ids;
}

const counts = () =>
  service.bus.call('mailbox.counts', { organisationId: bench.organisationId, mailboxId: bob.mailboxId });

describe('leaving a message', () => {
  it('greets, beeps, records until the caller hangs up, and saves file, row and news', async () => {
    await leaveMessage(4000);
    const [message] = await until('the message', async () => {
      const list = await bench.messages(bob.mailboxId);
      return list.length > 0 ? list : undefined;
    });
    expect(caller.log.slice(0, 4)).toEqual([
      'answer',
      `Bob Baker is not available. ${PHRASES.afterTone}`,
      'tone',
      'record',
    ]);
    expect(message).toMatchObject({ fromNumber: '1001', durationMs: 4000, heardAt: null });
    const path = join(bench.test.dataDir, message?.path ?? '');
    expect(await readFile(path)).toEqual(toneWav(4000));
    expect(await readdir(join(path, '..'))).toEqual([`${message?.id}.wav`]);
    const { organisationId } = bench;
    await until('the news', () => changes.length > 0);
    expect(changes).toEqual([
      { organisationId, mailboxId: bob.mailboxId, userId: bob.userId, newCount: 1, oldCount: 0 },
    ]);
    expect(await counts()).toEqual({ ok: true, newCount: 1, oldCount: 0 });
  });

  it('ends with the pound key, thanks and hangs up', async () => {
    await leave();
    caller.say(toneWav(2000));
    await caller.sees('record');
    caller.press('#');
    await caller.sees(PHRASES.saved);
    await caller.sees('hang-up');
    expect(await bench.messages(bob.mailboxId)).toHaveLength(1);
  });

  it('keeps what was said when signalling takes the caller back', async () => {
    await leave();
    caller.say(toneWav(2000));
    await caller.sees('record');
    await caller.takeBack();
    expect(await bench.messages(bob.mailboxId)).toHaveLength(1);
    expect(caller.log.at(-1)).toBe('stop-record');
  });

  it('keeps what was said when the service stops', async () => {
    await leave();
    caller.say(toneWav(2000));
    await caller.sees('record');
    await service.close();
    expect(await bench.messages(bob.mailboxId)).toHaveLength(1);
  });

  it.each([
    ['too short', toneWav(600)],
    ['silent', toneWav(0, 4000)],
    ['empty', Buffer.alloc(0)],
  ])('drops politely what is %s', async (_what, wav) => {
    await leave();
    caller.say(wav);
    await caller.sees('record');
    await caller.endRecording('silence');
    await caller.sees(PHRASES.tooShort);
    await caller.sees('hang-up');
    expect(await bench.messages(bob.mailboxId)).toHaveLength(0);
    expect(await readdir(bench.folderOf(bob.mailboxId))).toEqual([]);
    expect(changes).toEqual([]);
  });

  it('says so where the line is busy, and plays a personal greeting where there is one', async () => {
    const mailboxId = MailboxId.parse(bob.mailboxId);
    await caller.start({ kind: 'leave-voicemail', mailboxId, reason: 'busy' });
    await caller.sees('Bob Baker is on the phone.');
    await caller.hangUp();
    await writeFile(join(bench.test.dataDir, 'own.wav'), toneWav(500));
    const setGreeting = (greetingPath: string | null) =>
      bench.test.database.asSystem('test', (tx) =>
        tx.mailbox.update({ where: { id: bob.mailboxId }, data: { greetingPath } }),
      );
    await setGreeting('own.wav');
    caller = service.caller();
    await leave();
    await caller.sees(join(bench.test.dataDir, 'own.wav'));
    await caller.hangUp();
    await setGreeting('../../etc/passwd');
    caller = service.caller();
    await leave();
    await caller.sees('Bob Baker is not available.');
    await setGreeting(null);
  });

  it('is refused where the mailbox is full', async () => {
    await addMessages(100, 30);
    await leave();
    await caller.sees(PHRASES.mailboxFull);
    await caller.sees('hang-up');
    expect(caller.log).not.toContain('record');
  });

  it('is refused where the disk is full', async () => {
    service.freeBytes = 1000;
    await leave();
    await caller.sees(PHRASES.cannotRecord);
    await caller.sees('hang-up');
    expect(caller.log).not.toContain('record');
  });

  it('tells the caller when the recording cannot begin or breaks off', async () => {
    caller.recordAnswer = 'refused';
    await leave();
    await caller.sees(PHRASES.cannotRecord);
    expect(await readdir(bench.folderOf(bob.mailboxId))).toEqual([]);
    caller = service.caller();
    await leave();
    caller.say(toneWav(3000));
    await caller.sees('record');
    await caller.endRecording('failed');
    await caller.sees(PHRASES.notSaved);
    expect(await bench.messages(bob.mailboxId)).toHaveLength(1);
  });

  it('is not lost while the database is away: it is saved when that is back', async () => {
    await service.close();
    let away = false;
    const { database } = bench.test;
    const flaky = Object.create(database) as Database;
    flaky.forOrganisation = (organisationId, work) =>
      away
        ? Promise.reject(new CodedError('DATABASE.UNAVAILABLE', 'The database does not answer'))
        : database.forOrganisation(organisationId, work);
    await begin(flaky);
    await leave();
    caller.say(toneWav(2000));
    await caller.sees('record');
    away = true;
    caller.press('#');
    await caller.sees(PHRASES.saved);
    expect((await service.health.report()).parts['voicemail']).toMatchObject({ ok: false });
    away = false;
    await until('the message', async () => (await bench.messages(bob.mailboxId)).length === 1);
    expect((await bench.messages(bob.mailboxId))[0]).toMatchObject({ fromNumber: '1001', durationMs: 2000 });
    await until('good health', async () => (await service.health.report()).parts['voicemail']?.ok);
  });
});

describe('a restart', () => {
  it('adopts recordings that were cut off, deletes what is no message, and cleans up', async () => {
    await leaveMessage(3000);
    await until('the message', async () => (await bench.messages(bob.mailboxId)).length === 1);
    await leave();
    await caller.sees('record');
    const folder = bench.folderOf(bob.mailboxId);
    const note = await until('the note', async () => (await readdir(folder)).find((name) => name.endsWith('.json')));
    const cutOff = note.replace('.json', '');
    await copyFile(join(folder, note), join(folder, 'kept-note'));
    // As kill -9 leaves it: the sound so far in a .part file, the note beside it, no row.
    caller.close();
    await service.close();
    await writeFile(join(folder, `${cutOff}.wav.part`), toneWav(2500));
    await rename(join(folder, 'kept-note'), join(folder, note));
    const short = crypto.randomUUID();
    await writeFile(join(folder, `${short}.wav.part`), toneWav(300));
    const nameless = crypto.randomUUID();
    await writeFile(join(folder, `${nameless}.wav`), toneWav(1200));
    const foreign = join(bench.test.dataDir, 'voicemail', bench.organisationId, crypto.randomUUID());
    await mkdir(foreign);
    await writeFile(join(foreign, `${crypto.randomUUID()}.wav`), toneWav(3000));
    await begin();
    const messages = await bench.messages(bob.mailboxId);
    expect(messages).toHaveLength(3);
    expect(messages.find(({ id }) => id === cutOff)).toMatchObject({ fromNumber: '1001', durationMs: 2500 });
    expect(messages.find(({ id }) => id === nameless)).toMatchObject({ fromNumber: 'unknown', durationMs: 1200 });
    expect((await readdir(folder)).sort()).toEqual(messages.map(({ id }) => `${id}.wav`).sort());
    await expect(stat(foreign)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('finishes a deletion that was cut off', async () => {
    const [first] = await addMessages(2);
    await bench.test.database.asSystem('test', (tx) =>
      tx.voicemailMessage.update({ where: { id: first ?? '' }, data: { deletedAt: new Date() } }),
    );
    await service.close();
    await begin();
    expect(await bench.messages(bob.mailboxId)).toHaveLength(1);
    expect(await readdir(bench.folderOf(bob.mailboxId))).toHaveLength(1);
  });
});

describe('the mailbox by phone', () => {
  const own = () => caller.start({ kind: 'voicemail-menu', mailboxId: MailboxId.parse(bob.mailboxId) });
  const unlock = async () => {
    await own();
    await caller.sees(PHRASES.askPin);
    caller.press(`${PIN}#`);
  };

  it('asks for the PIN, counts, plays with caller and time, and marks as heard', async () => {
    const [first = ''] = await addMessages(2);
    await unlock();
    await caller.sees('You have 2 new messages.');
    caller.press('1');
    await caller.sees('From 2, 0, 0, 0. Today at');
    await caller.sees(`${first}.wav`);
    await caller.sees(`${PHRASES.afterMessage} ${PHRASES.nextMessage}`);
    expect(await counts()).toEqual({ ok: true, newCount: 1, oldCount: 1 });
    expect(changes.at(-1)).toMatchObject({ newCount: 1, oldCount: 1 });
    caller.press('6');
    await caller.sees('From 2, 0, 0, 1.');
    await caller.sees(PHRASES.previousMessage);
    caller.press('6');
    await caller.sees(PHRASES.noNext);
    caller.press('#');
    await caller.sees(PHRASES.goodbye);
    await caller.sees('hang-up');
  });

  it('deletes and restores with the same key; what is deleted on leaving is gone for good', async () => {
    const [first = '', second = ''] = await addMessages(2);
    await unlock();
    await caller.sees('You have 2 new messages.');
    caller.press('3');
    await caller.sees(PHRASES.deleted);
    expect(await counts()).toMatchObject({ newCount: 1 });
    caller.press('3');
    await caller.sees(PHRASES.restored);
    expect(await counts()).toMatchObject({ newCount: 2 });
    caller.press('3');
    await caller.sees(PHRASES.deleted);
    caller.press('6');
    await caller.sees(`${second}.wav`);
    caller.press('2');
    await caller.sees(PHRASES.kept);
    await caller.hangUp();
    await until('the file to go', async () => !(await readdir(bench.folderOf(bob.mailboxId))).includes(`${first}.wav`));
    const messages = await until('the row to go', async () => {
      const list = await bench.messages(bob.mailboxId);
      return list.length === 1 ? list : undefined;
    });
    expect(messages[0]).toMatchObject({ id: second, deletedAt: null });
    expect(messages[0]?.savedAt).not.toBeNull();
  });

  it('plays the whole way through for keys pressed ahead', async () => {
    await addMessages(3, 1);
    await unlock();
    caller.press('1');
    await caller.sees('.wav');
    expect(caller.log.join('\n')).not.toContain('You have 2 new messages');
  });

  it('says that there are no messages, and goodbye', async () => {
    await unlock();
    await caller.sees(PHRASES.noMessages);
    await caller.sees('hang-up');
  });

  it('says so where a file is missing, and goes on', async () => {
    const [first] = await addMessages(1);
    await rm(join(bench.folderOf(bob.mailboxId), `${first}.wav`));
    await unlock();
    await caller.sees('You have 1 new message.');
    caller.press('1');
    await caller.sees(PHRASES.unplayable);
    await caller.sees(PHRASES.afterMessage);
    expect(await counts()).toMatchObject({ newCount: 1 });
  });

  it('gives three tries for the PIN, and stays shut over further calls', async () => {
    await addMessages(1);
    for (let call = 0; call < 3; call++) {
      caller = service.caller();
      await own();
      for (let attempt = 0; attempt < (call === 2 ? 1 : 3); attempt++) {
        await caller.sees(PHRASES.askPin);
        caller.press(call === 2 ? `${PIN}#` : '0000#');
      }
      await caller.sees(PHRASES.tooManyPins);
      await caller.sees('hang-up');
    }
  });

  it('asks other callers for the extension, and tells nobody whether there is such a mailbox', async () => {
    await addMessages(1);
    await caller.start({ kind: 'voicemail-menu', mailboxId: null });
    await caller.sees(PHRASES.askMailbox);
    caller.press('1002#');
    await caller.sees(PHRASES.askPin);
    caller.press(`${PIN}#`);
    await caller.sees('You have 1 new message.');
    caller = service.caller('1009');
    await caller.start({ kind: 'voicemail-menu', mailboxId: null });
    await caller.sees(PHRASES.askMailbox);
    caller.press('4711#');
    await caller.sees(PHRASES.askPin);
    caller.press(`${PIN}#`);
    await caller.sees(`${PHRASES.wrongPin} ${PHRASES.askPin}`);
  });
});

describe('the portal', () => {
  it('marks as heard and deletes in the own mailbox only', async () => {
    const [first = ''] = await addMessages(1);
    const { organisationId } = bench;
    const mine = { organisationId, userId: bob.userId, voicemailMessageId: first };
    const foreign = { ...mine, userId: bench.staff[0]?.userId ?? '' };
    expect(await service.bus.call('voicemail.delete', foreign)).toMatchObject({ code: 'VOICEMAIL.NOT_FOUND' });
    expect(await service.bus.call('voicemail.mark-heard', { ...foreign, heard: true })).toMatchObject({ ok: false });
    expect(await service.bus.call('voicemail.mark-heard', { ...mine, heard: true })).toEqual({ ok: true });
    expect(await counts()).toEqual({ ok: true, newCount: 0, oldCount: 1 });
    expect(await service.bus.call('voicemail.mark-heard', { ...mine, heard: false })).toEqual({ ok: true });
    expect(await service.bus.call('voicemail.delete', mine)).toEqual({ ok: true });
    expect(await service.bus.call('voicemail.delete', mine)).toMatchObject({ code: 'VOICEMAIL.NOT_FOUND' });
    expect(await bench.messages(bob.mailboxId)).toEqual([]);
    expect(await readdir(bench.folderOf(bob.mailboxId))).toEqual([]);
    expect(changes.map(({ newCount, oldCount }) => [newCount, oldCount])).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
    ]);
  });
});
