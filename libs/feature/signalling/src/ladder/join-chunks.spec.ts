import { CallId, newId, OrganisationId } from '@carillon/domain';
import type { Flow, TappedMessage } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import { CallLadder } from './call-ladder.js';
import { readLadderDocument } from './ladder-document.js';
import { OctetBlocks } from './octet-blocks.js';
import { LadderPacker } from './pack-ladder.js';

const callId = newId(CallId);
const memory = new OctetBlocks();
const packer = new LadderPacker('192.0.2.9');
const ways = [5060, 5070].map(
  (remotePort) =>
    ({
      ...{ protocol: 'udp', localAddress: '0.0.0.0', localPort: 5060, remoteAddress: '192.0.2.1', remotePort },
    }) as unknown as Flow,
);

function ladder(): CallLadder {
  const made = new CallLadder({ callId, organisationId: newId(OrganisationId), startedAt: 0 }, memory);
  for (const [index, passedOn] of [false, true].entries()) {
    made.addParticipant({ id: `leg-${index}`, kind: index === 0 ? 'caller' : 'callee', label: 'x', detail: null }, 0);
    made.addDialog({ sipCallId: `${index}`, participant: `leg-${index}`, passedOn, address: undefined });
  }
  return made;
}

/** A generator of its own, so that a failure comes again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    // Its low digits hardly change.
    return Math.floor((state / 2 ** 31) * below);
  };
}

it('makes one ladder of its chunks, whenever they were written, and whichever of them twice', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const next = random(seed);
    const [whole, cut] = [ladder(), ladder()];
    const chunks: Buffer[] = [];
    // Not more than are remembered by their checksums.
    const sent: { message: TappedMessage; sipCallId: string }[] = [];
    for (let at = 1; at <= 40; at += 1) {
      const moment = { at, order: seed * 1_000 + at * 3 + next(3) };
      const known = sent.at(-1 - next(4));
      const remark = { category: 'decision', code: `c${at}`, text: 'T'.repeat(next(9)) } as const;
      const bytes = Buffer.from(
        `INFO sip:${at}@x SIP/2.0\r\nAuthorization: Digest response=${'r'.repeat(next(2_000))}\r\n\r\n`,
      );
      const message = {
        direction: next(2) === 0 ? 'in' : 'out',
        flow: ways[next(2)]!,
        bytes,
        message: () => undefined,
      } as const;
      const kind = next(4);
      const sipCallId = `${next(3)}`;
      if (kind === 3) sent.push({ message, sipCallId });
      for (const one of [whole, cut])
        if (kind === 0 && known !== undefined) expect(one.countRepeated(known.message, at)).toBe(true);
        else if (kind === 1) one.addRemark(remark, moment);
        else if (kind === 3) one.addMessage(message, moment, sipCallId);
      if (next(6) === 0) {
        chunks.push(packer.pack(cut));
        if (next(4) === 0) chunks.push(chunks.at(-1)!);
        cut.letGo(at);
      }
    }
    chunks.push(packer.pack(cut));
    const expected = await readLadderDocument(callId, packer.pack(whole));
    expect(await readLadderDocument(callId, Buffer.concat(chunks)), `seed ${seed}`).toEqual(expected);
    for (const one of [whole, cut]) one.log.forget();
    expect(memory.inUse).toBe(0);
  }
});
