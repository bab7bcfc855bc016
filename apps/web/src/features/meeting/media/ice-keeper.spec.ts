import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IceKeeper } from './ice-keeper.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const keeping = (restart = vi.fn<() => Promise<void>>(() => Promise.resolve())) => {
  const onBroken = vi.fn<() => void>();
  return { keeper: new IceKeeper({ restart, onBroken }), restart, onBroken };
};

describe('IceKeeper', () => {
  it('lets a short break mend itself', () => {
    const { keeper, restart } = keeping();
    keeper.see('disconnected');
    vi.advanceTimersByTime(1_500);
    keeper.see('connected');
    vi.advanceTimersByTime(60_000);
    expect(restart).not.toHaveBeenCalled();
  });

  it('restarts once, at once where it failed', () => {
    const { keeper, restart, onBroken } = keeping();
    keeper.see('disconnected');
    keeper.see('failed');
    keeper.see('failed');
    expect(restart).toHaveBeenCalledOnce();
    keeper.see('connected');
    vi.advanceTimersByTime(60_000);
    expect(onBroken).not.toHaveBeenCalled();
  });

  it('gives up where the restart is refused, or leads nowhere', async () => {
    const refused = keeping(vi.fn<() => Promise<void>>(() => Promise.reject(new Error('gone'))));
    refused.keeper.see('failed');
    await vi.advanceTimersByTimeAsync(0);
    expect(refused.onBroken).toHaveBeenCalledOnce();

    const lost = keeping();
    lost.keeper.see('failed');
    await vi.advanceTimersByTimeAsync(12_000);
    expect(lost.onBroken).toHaveBeenCalledOnce();
  });
});
