import { expect, it } from 'vitest';
import type { Flow } from '../api/flow.js';
import type { WayToPeer } from '../api/way-to-peer.js';
import { answerCalls, call, openTestBed } from '../testing/test-bed.js';

/** Alice called Bob over TCP; he learns her newest way from her OPTIONS. Then her cable is out, and nobody says so. */
async function swallowed() {
  const bed = await openTestBed({ protocol: 'tcp' });
  const { sessions } = answerCalls(bed, 0);
  const { session, diary } = call(bed);
  await bed.clock.advance(100);
  const [theirs] = sessions;
  if (theirs === undefined) throw new Error('Not answered');
  let newest: Flow | undefined;
  const waiting = new Set<() => void>();
  const way: WayToPeer = {
    find: (known) => (newest?.open === true ? newest : known),
    awaitAnother: (found) => {
      waiting.add(found);
      return () => void waiting.delete(found);
    },
  };
  theirs.reachBy(way);
  bed.bob.on('options', (incoming) => {
    newest = incoming.source.flow;
    incoming.reply(200);
    for (const found of [...waiting]) found();
  });
  const comeBack = (): void =>
    void bed.alice.request({
      method: 'OPTIONS',
      target: 'sip:bob@10.0.0.2;transport=tcp',
      from: 'sip:alice@a.example',
    });
  bed.network.fate = () => [10 ** 9];
  comeBack();
  return {
    ...{ bed, theirs, waiting, ours: session(), diary },
    comeBack: async () => {
      bed.network.fate = () => [5];
      bed.alice.shedConnections(() => true, 'Cable out');
      comeBack();
      await bed.clock.advance(200);
    },
  };
}

it('a BYE that a dead connection swallows goes again by the next one', async () => {
  const { bed, theirs, ours, waiting, diary, comeBack } = await swallowed();
  const outcome = theirs.bye();
  await bed.clock.advance(5_000);
  expect(ours.state).toBe('confirmed');
  await comeBack();
  expect([ours.state, diary.lines.at(-1), waiting.size]).toEqual(['ended', 'ended bye by remote', 0]);
  expect(await outcome).toMatchObject({ ok: true });
  expect(bed.network.sent('BYE')).toHaveLength(2);
  await bed.clock.advance(60_000);
  expect(bed.network.sent('BYE')).toHaveLength(2);
});

it('without another way it ends by Timer F, and nobody listens any more', async () => {
  const { bed, theirs, waiting } = await swallowed();
  const outcome = theirs.info({ contentType: 'text/plain', body: 'x' });
  await bed.clock.advance(40_000);
  expect(await outcome).toMatchObject({ ok: false, cause: 'timeout' });
  // The session is lost with it, and so is its BYE.
  await bed.clock.advance(40_000);
  expect([theirs.state, waiting.size]).toEqual(['ended', 0]);
});
