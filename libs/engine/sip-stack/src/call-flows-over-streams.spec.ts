import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from './testing/seeded-random.js';
import { answerCalls, call, openTestBed } from './testing/test-bed.js';
import type { TestBed } from './testing/test-bed.js';

const openStreams = (seed = 1): Promise<TestBed> => openTestBed({ seed, protocol: 'tcp' });

/** One octet to many at a time. */
function anyCut(random: SeededRandom): (bytes: Buffer) => Buffer[] {
  return (bytes) => {
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = 1 + Math.floor(random.next() * 400);
      parts.push(bytes.subarray(at, at + length));
      at += length;
    }
    return parts;
  };
}

describe('calls over TCP', () => {
  it('are set up and ended on one connection, with nothing sent twice', async () => {
    const bed = await openStreams();
    const bob = answerCalls(bed);
    const alice = call(bed);
    await bed.clock.advance(3000);
    expect(alice.diary.lines).toEqual(['progress 180', 'accepted']);
    expect(bob.diary.lines).toEqual(['accepted', 'acknowledged']);
    void alice.session().bye();
    expect(await bed.leftovers()).toEqual({});
    expect(bed.network.sent('INVITE')).toHaveLength(1);
    expect(bed.network.sent('INVITE')[0]?.text).toContain('Via: SIP/2.0/TCP 10.0.0.1:5060;');
    expect(bed.alice.stats().connections + bed.bob.stats().connections).toBe(2);
    expect(bed.errors).toEqual([]);
  });

  it('come through in any pieces and with any delay, and leave nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const bed = await openStreams(seed);
        const random = new SeededRandom(seed);
        bed.network.cut = anyCut(random);
        bed.network.fate = () => (random.next() < 0.2 ? [] : [Math.floor(random.next() * 300)]);
        answerCalls(bed, Math.floor(random.next() * 2000));
        const alice = call(bed);
        await bed.clock.advance(Math.floor(random.next() * 20_000));
        if (alice.diary.lines.includes('accepted')) void alice.session().bye();
        else alice.invite.cancel();
        expect(await bed.leftovers()).toEqual({});
        expect(bed.errors).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('that ring fail at once when their connection breaks', async () => {
    const bed = await openStreams();
    bed.bob.on('invite', (invite) => {
      invite.progress(180);
    });
    const alice = call(bed);
    await bed.clock.advance(1000);
    bed.network.breakStreams();
    await bed.clock.advance(100);
    expect(alice.diary.lines).toEqual(['progress 180', 'rejected 503 transport']);
  });

  it('end by BYE over a new connection when the old one broke', async () => {
    const bed = await openStreams();
    const bob = answerCalls(bed);
    const alice = call(bed);
    await bed.clock.advance(3000);
    bed.network.breakStreams();
    await bed.clock.advance(100);
    void alice.session().bye();
    expect(await bed.leftovers()).toEqual({});
    expect(bob.diary.lines).toContain('ended bye by remote');
  });

  it('to who does not listen are refused at once', async () => {
    const bed = await openStreams();
    await bed.bob.close();
    const alice = call(bed);
    await bed.clock.advance(100);
    expect(alice.diary.lines).toEqual(['rejected 503 transport']);
  });
});
