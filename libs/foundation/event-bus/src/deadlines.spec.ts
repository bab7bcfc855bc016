import { describe, expect, it, vi } from 'vitest';
import { Deadlines } from './deadlines.js';

const after = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe('deadlines', () => {
  it('expire in their time, the earliest first, whatever the order they came in', async () => {
    const deadlines = new Deadlines();
    const expired: string[] = [];
    deadlines.add(60, () => expired.push('late'));
    deadlines.add(10, () => expired.push('early'));
    await after(40);
    expect(expired).toEqual(['early']);
    await after(50);
    expect(expired).toEqual(['early', 'late']);
  });

  it('do not expire once they are removed, and may be added while others expire', async () => {
    const deadlines = new Deadlines();
    const never = vi.fn<() => void>();
    const again = vi.fn<() => void>();
    const removed = deadlines.add(5, never);
    deadlines.add(5, () => deadlines.add(5, again));
    deadlines.remove(removed);
    await after(60);
    expect(never).not.toHaveBeenCalled();
    expect(again).toHaveBeenCalledOnce();
    deadlines.add(5, never);
    deadlines.clear();
    await after(20);
    expect(never).not.toHaveBeenCalled();
  });
});
