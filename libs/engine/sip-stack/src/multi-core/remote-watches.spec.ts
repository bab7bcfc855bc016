import { expect, it } from 'vitest';
import type { KeepAliveOptions } from '../api/flow.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { HandOverFrame } from './pinning.js';
import { RemoteWatches } from './remote-watches.js';

const ID = 'tcp:10.0.0.9:5060-10.0.0.1:4711';

/** Worker 0 wants connections of worker 1 to be watched. */
function pair() {
  const watched: KeepAliveOptions[] = [];
  let stopped = 0;
  const flow = {
    keepAlive: (options: KeepAliveOptions) => {
      watched.push(options);
      return () => (stopped += 1);
    },
  } as unknown as SipFlow;
  let there: SipFlow | undefined = flow;
  const ends: RemoteWatches[] = [];
  const tell =
    (own: number) =>
    (worker: number, frame: HandOverFrame): void =>
      ends[worker]?.take(own, frame, worker === 1 ? there : undefined);
  ends.push(new RemoteWatches(tell(0), 0), new RemoteWatches(tell(1), 1));
  const [wants, holds] = ends as [RemoteWatches, RemoteWatches];
  const lose = (): void => void (there = undefined);
  return { wants, holds, watched, stopped: () => stopped, lose };
}

const asked = (dead: string[]): KeepAliveOptions => ({
  role: 'expect',
  intervalSeconds: 120,
  onDead: (reason) => void dead.push(reason),
});

it('watches for another worker, and tells it of the end once', () => {
  const { wants, watched } = pair();
  const dead: string[] = [];
  wants.want(1, ID, asked(dead));
  expect(watched).toMatchObject([{ role: 'expect', intervalSeconds: 120 }]);
  watched[0]?.onDead('no keep-alive came');
  watched[0]?.onDead('no keep-alive came');
  expect(dead).toEqual(['no keep-alive came']);
});

it('stops when nobody wants it any more, or who wanted it is gone', () => {
  const { wants, holds, watched, stopped } = pair();
  const dead: string[] = [];
  wants.want(1, ID, asked(dead))();
  expect(stopped()).toBe(1);
  wants.want(1, ID, asked(dead));
  holds.gone(0);
  expect([watched.length, stopped(), dead]).toEqual([2, 2, []]);
});

it('says so at once where the connection is gone already', () => {
  const { wants, lose } = pair();
  const dead: string[] = [];
  lose();
  wants.want(1, ID, asked(dead));
  expect(dead).toEqual(['connection closed']);
});
