import { randomUUID } from 'node:crypto';
import { IvrMenuId } from '@carillon/domain';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PHRASES } from './phrases.js';
import type { ScriptedCaller } from './testing/scripted-caller.js';
import { type Service, VoiceAppsBench } from './testing/voice-apps-bench.js';

let bench: VoiceAppsBench;
let service: Service;
let caller: ScriptedCaller;
let menuId: string;

beforeAll(async () => {
  bench = await VoiceAppsBench.open();
  menuId = await bench.addMenu();
});
afterAll(() => bench.test.close());
beforeEach(async () => {
  service = await bench.start();
  caller = service.caller();
});
afterEach(() => service.close());

const ivr = (id = menuId) => ({ kind: 'ivr', ivrMenuId: IvrMenuId.parse(id) }) as const;
const operator = () => bench.staff[0]?.userId ?? '';

describe('an IVR menu', () => {
  it('says nothing to a caller who has gone before it answers', async () => {
    caller.hasGone = true;
    expect(await caller.start(ivr())).toEqual({ ok: true });
    await new Promise((settle) => setTimeout(settle, 100));
    expect(caller.log).toEqual([]);
  });

  it('answers, speaks, and rings the group for key 1 pressed into the welcome', async () => {
    expect(await caller.start(ivr())).toEqual({ ok: true });
    await caller.sees('Welcome to the test.');
    caller.press('1');
    await caller.sees(`redirect group ${bench.ringGroupId} return`);
    expect(caller.log).toEqual([
      'answer',
      'Welcome to the test.',
      PHRASES.connecting,
      `redirect group ${bench.ringGroupId} return`,
    ]);
  });

  it('goes to the operator where nobody in the group answers', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('1');
    await caller.sees('redirect group');
    caller.comeBack();
    await caller.sees(PHRASES.nobodyThere);
    await caller.sees(`redirect user ${operator()} target`);
  });

  it('handles a wrong key and nothing twice in all, and then rings the operator', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('8');
    await caller.sees(`${PHRASES.wrongKey} Welcome`);
    await caller.sees(`${PHRASES.nothingPressed} Welcome`);
    await caller.sees(`${PHRASES.nothingPressed} ${PHRASES.toOperator}`);
    await caller.sees(`redirect user ${operator()} target`);
    expect(caller.log).not.toContain('hang-up');
  });

  it('asks again for an extension that does not exist, and connects to one that does', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('3');
    await caller.sees(PHRASES.dialExtension);
    caller.press('7777');
    await caller.sees(`${PHRASES.unknownExtension} ${PHRASES.dialExtension}`);
    caller.press('1003');
    await caller.sees(`redirect user ${bench.staff[2]?.userId} target`);
  });

  it('does not let callers dial feature codes', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('3');
    await caller.sees(PHRASES.dialExtension);
    caller.press('*97#');
    await caller.sees(PHRASES.unknownExtension);
  });

  it('takes keys pressed ahead of every question', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('31003');
    await caller.sees(`redirect user ${bench.staff[2]?.userId}`);
    expect(caller.log.join(' ')).not.toContain(PHRASES.dialExtension);
  });

  it('stops a question for a key that came when it was about to begin', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.pressesEarly = '1';
    caller.press('3');
    await caller.sees(PHRASES.dialExtension);
    await caller.sees('stop-play');
    caller.press('003');
    await caller.sees(`redirect user ${bench.staff[2]?.userId} target`);
  });

  it('repeats the welcome for key 9', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('9');
    await caller.sees('Welcome');
  });

  it('is back in the menu where the target is refused', async () => {
    caller.redirectAnswer = { ok: false, code: 'CALL.NO_ROUTE' };
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('1');
    await caller.sees(`${PHRASES.cannotReach} Welcome`);
  });

  it('leads to the mailbox for key 2', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('2');
    await caller.sees(`redirect voicemail ${bench.staff[0]?.mailboxId} target`);
  });

  it('says goodbye where there is no operator', async () => {
    await caller.start(ivr(await bench.addMenu(false)));
    await caller.sees('Welcome');
    await caller.sees(`${PHRASES.nothingPressed} ${PHRASES.goodbye}`);
    await caller.sees('hang-up');
  });

  it('ends silently when the caller hangs up, and does nothing more', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    await caller.hangUp();
    await service.bus.settled();
    const length = caller.log.length;
    caller.press('1');
    await new Promise((done) => setTimeout(done, 400));
    expect(caller.log).toHaveLength(length);
    expect(caller.log).not.toContain('hang-up');
  });

  it('lets go of the call when it is taken back, also in the middle of a redirect', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    expect(await caller.takeBack()).toEqual({ ok: true });
    expect(caller.log.at(-1)).toBe('stop-play');
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.press('1');
    await caller.sees('redirect');
    expect(await caller.takeBack()).toEqual({ ok: true });
    expect(caller.log.filter((line) => line === 'hang-up')).toEqual([]);
  });

  it('does not exist for unknown menus and other organisations', async () => {
    expect(await caller.start(ivr(randomUUID()))).toMatchObject({ ok: false, code: 'VOICE_APP.NOT_FOUND' });
    const foreign = await bench.test.database.asSystem('test data', async (tx) => {
      const { id: organisationId } = await tx.organisation.create({
        data: { slug: 'other', name: 'Other', sipDomain: 'b.test' },
      });
      return tx.ivrMenu.create({ data: { organisationId, name: 'x', welcomeText: 'x' } });
    });
    expect(await caller.start(ivr(foreign.id))).toMatchObject({ ok: false, code: 'VOICE_APP.NOT_FOUND' });
  });

  it('ends the call when media fails', async () => {
    await caller.start(ivr());
    await caller.sees('Welcome');
    caller.playAnswer = 'refused';
    await caller.sees('hang-up');
  });
});

describe('the echo test', () => {
  it('explains itself, echoes, and ends with the pound key', async () => {
    await caller.start({ kind: 'echo' });
    await caller.sees(PHRASES.echo);
    await caller.sees('echo');
    caller.press('5#');
    await caller.sees(PHRASES.goodbye);
    await caller.sees('hang-up');
  });
});
