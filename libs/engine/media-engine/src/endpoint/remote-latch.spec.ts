import { describe, expect, it } from 'vitest';
import { RemoteLatch } from './remote-latch.js';

const OLD = { address: '192.0.2.7', port: 4000 };
const NEW = { address: '192.0.2.7', port: 5000 };

/** @returns the verdict on the last of so many packets, 20 ms apart */
function send(
  latch: RemoteLatch,
  from: typeof OLD,
  stream: { ssrc: number; sequence: number; packets: number },
): string {
  let verdict = '';
  for (let at = 0; at < stream.packets; at++) {
    verdict = latch.judge({ ssrc: stream.ssrc, sequence: stream.sequence + at }, from, (stream.sequence + at) * 20);
  }
  return verdict;
}

describe('where a phone sends from and is sent to', () => {
  it('is its new address, though its last packets from the old one come after that was named', () => {
    const latch = new RemoteLatch();
    latch.setSignalled(OLD);
    send(latch, OLD, { ssrc: 1, sequence: 0, packets: 50 });
    latch.setSignalled(NEW);
    send(latch, OLD, { ssrc: 1, sequence: 50, packets: 10 });
    expect(latch.latchedRemote).toEqual(OLD);

    expect(send(latch, NEW, { ssrc: 2, sequence: 900, packets: 2 })).toBe('foreign');
    expect(send(latch, NEW, { ssrc: 2, sequence: 902, packets: 1 })).toBe('new-source');
    expect(latch.target).toMatchObject(NEW);
    expect(send(latch, OLD, { ssrc: 1, sequence: 60, packets: 10 })).toBe('foreign');
  });

  it('is its new address, though what it sent before a hold comes only after the hold and its end', () => {
    const latch = new RemoteLatch();
    latch.setSignalled(OLD);
    send(latch, OLD, { ssrc: 1, sequence: 0, packets: 50 });
    latch.setSignalled({ address: '0.0.0.0', port: OLD.port });
    latch.setSignalled(NEW);
    send(latch, OLD, { ssrc: 1, sequence: 50, packets: 10 });
    expect(send(latch, NEW, { ssrc: 2, sequence: 900, packets: 3 })).toBe('new-source');
    expect(latch.target).toMatchObject(NEW);
  });

  it('stays its public address when somebody sends from the private one that it named', () => {
    const behindNat = { address: '10.0.0.7', port: 4000 };
    const latch = new RemoteLatch();
    latch.setSignalled(behindNat);
    send(latch, OLD, { ssrc: 1, sequence: 0, packets: 10 });
    expect(send(latch, behindNat, { ssrc: 2, sequence: 0, packets: 10 })).toBe('foreign');
    expect(latch.target).toMatchObject(OLD);
  });

  it('stays its public address when the name that it gave becomes the private one', () => {
    const behindNat = { address: '10.0.0.7', port: 4000 };
    const latch = new RemoteLatch();
    latch.setSignalled({ address: '0.0.0.0', port: 4000 });
    send(latch, OLD, { ssrc: 1, sequence: 0, packets: 10 });
    latch.setFound(behindNat);
    expect(latch.target).toMatchObject(OLD);
    expect(send(latch, OLD, { ssrc: 1, sequence: 10, packets: 1 })).toBe('accept');
    expect(send(latch, behindNat, { ssrc: 2, sequence: 0, packets: 10 })).toBe('foreign');
    // Agreed again, it is the same as before.
    latch.setSignalled(behindNat);
    expect(latch.target).toMatchObject(OLD);
  });

  it('is what a name becomes where nothing was heard, or where it has moved to', () => {
    const latch = new RemoteLatch();
    latch.setSignalled({ address: '0.0.0.0', port: 4000 });
    send(latch, OLD, { ssrc: 1, sequence: 0, packets: 2 });
    latch.setFound(OLD);
    expect(latch.target).toEqual(OLD);
    expect(send(latch, OLD, { ssrc: 1, sequence: 2, packets: 1 })).toBe('new-source');

    latch.setSignalled({ address: '0.0.0.0', port: 5000 });
    send(latch, OLD, { ssrc: 1, sequence: 3, packets: 10 });
    latch.setFound(NEW);
    expect(latch.target).toMatchObject(OLD);
    expect(send(latch, NEW, { ssrc: 2, sequence: 900, packets: 3 })).toBe('new-source');
  });

  it('is where the same stream goes on after a second of silence, and not before', () => {
    const latch = new RemoteLatch();
    latch.setSignalled(OLD);
    send(latch, OLD, { ssrc: 1, sequence: 0, packets: 50 });
    expect(send(latch, NEW, { ssrc: 1, sequence: 50, packets: 3 })).toBe('foreign');
    expect(send(latch, NEW, { ssrc: 1, sequence: 110, packets: 3 })).toBe('new-source');
  });
});
