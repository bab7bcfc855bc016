import { CodedError } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

/** A store that remembers its commits, refuses what is called `bad`, and can be away. */
function store({ away = false } = {}) {
  const commits: { scope: string; items: readonly string[] }[] = [];
  let overlapping = 0;
  const busy = new Set<string>();
  const group = new GroupCommit<string>(async (scope, items) => {
    if (busy.has(scope)) overlapping += 1;
    busy.add(scope);
    await new Promise((settle) => setImmediate(settle));
    busy.delete(scope);
    commits.push({ scope, items });
    if (away) throw new CodedError('DATABASE.UNAVAILABLE', 'Away');
    if (items.includes('bad')) throw new Error('Refused');
  });
  return { group, commits, overlaps: () => overlapping };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `item ${index}`);

describe('GroupCommit', () => {
  it('commits together what comes together, in its order', async () => {
    const { group, commits } = store();
    await Promise.all(names(100).map((name) => group.write('a', [name])));
    expect(commits).toEqual([{ scope: 'a', items: names(100) }]);
  });

  it('commits together what comes while a commit is under way', async () => {
    const { group, commits, overlaps } = store();
    const first = group.write('a', ['first']);
    await new Promise((settle) => setImmediate(settle));
    await Promise.all([first, group.write('a', ['second']), group.write('a', ['third'])]);
    expect(commits.map(({ items }) => items)).toEqual([['first'], ['second', 'third']]);
    expect(overlaps()).toBe(0);
  });

  it('resolves after the commit, never before', async () => {
    const { group, commits } = store();
    await group.write('a', ['one']);
    expect(commits).toHaveLength(1);
  });

  it('never mixes scopes', async () => {
    const { group, commits } = store();
    const scopes = Array.from({ length: 20 }, (_, index) => `scope ${index}`);
    await Promise.all(scopes.flatMap((scope) => [group.write(scope, [scope]), group.write(scope, [scope])]));
    expect(commits).toHaveLength(20);
    expect(commits.every(({ scope, items }) => items.every((item) => item === scope))).toBe(true);
  });

  it('bounds a commit, and keeps a single write whole', async () => {
    const { group, commits } = store();
    await Promise.all([group.write('a', names(300)), ...names(600).map((name) => group.write('a', [name]))]);
    expect(commits.map(({ items }) => items.length)).toEqual([300, 250, 250, 100]);
  });

  it('lets one failing write harm no other', async () => {
    const { group } = store();
    const outcomes = await Promise.allSettled(['one', 'bad', 'two'].map((name) => group.write('a', [name])));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await group.write('a', ['later']);
  });

  it('fails all at once while the database is away', async () => {
    const { group, commits } = store({ away: true });
    const outcomes = await Promise.allSettled(names(50).map((name) => group.write('a', [name])));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(commits).toHaveLength(1);
  });
});
