import { describe, expect, it } from 'vitest';
import { rebase } from './rebase.js';

const before = { ring: 25, names: ['a'], times: { least: 30, most: 3600 } };

it('what nobody has touched follows what is stored, field by field', () => {
  const stored = { ring: 40, names: ['a', 'b'], times: { least: 60, most: 3600 } };
  expect(rebase(before, before, stored)).toEqual(stored);
  const edited = { ...before, times: { least: 30, most: 7200 } };
  expect(rebase(before, edited, stored)).toEqual({ ...stored, times: { least: 60, most: 7200 } });
});

it('what was edited stays, also where another has changed the same', () => {
  const edited = { ...before, ring: 10 };
  expect(rebase(before, edited, { ...before, ring: 40 })).toEqual(edited);
});

it('fields that only the form has stay in it', () => {
  const form: Record<string, unknown> = { ...before, secret: 'typed' };
  expect(rebase<Record<string, unknown>>({ ...before, secret: '' }, form, { ...before, secret: '' })).toEqual(form);
});

describe('a list', () => {
  it.each([
    ['what both have added', ['a'], ['a', 'mine'], ['a', 'theirs'], ['a', 'mine', 'theirs']],
    ['what both have added alike, once', ['a'], ['a', 'b'], ['b', 'a'], ['a', 'b']],
    ['what another has added to one that was emptied here', ['a'], [], ['a', 'b'], ['b']],
    ['what another has left of one that was moved here', ['a', 'b', 'c'], ['c', 'b', 'a'], ['a', 'c'], ['c', 'a']],
  ])('of texts has %s', (_, was, edited, stored, merged) => {
    expect(rebase(was, edited, stored)).toEqual(merged);
  });

  const key = (digit: string, leadsTo: string | null, kind = 'group') => ({ digit, kind, leadsTo });
  const byDigit = (item: unknown) => (item as { digit?: string }).digit;

  it('of things that are told apart follows thing by thing, each as one of both has left it', () => {
    const was = [key('1', 'sales'), key('2', 'service'), key('3', 'office'), key('6', 'gone')];
    const edited = [
      ...[key('1', 'sales', 'user'), key('2', 'service'), key('3', 'office', 'user'), key('6', 'gone')],
      key('5', 'mine'),
    ];
    const stored = [key('1', 'shop'), key('2', 'workshop'), key('4', 'theirs')];
    expect(rebase(was, edited, stored, byDigit)).toEqual([
      key('1', 'sales', 'user'),
      key('2', 'workshop'),
      key('3', 'office', 'user'),
      ...[key('5', 'mine'), key('4', 'theirs')],
    ]);
  });

  it('of things that nothing tells apart is one field', () => {
    const edited = [key('1', 'sales'), key('2', 'mine')];
    expect(rebase([key('1', 'sales')], edited, [key('1', 'shop')])).toEqual(edited);
    expect(rebase([key('1', 'sales')], [key('1', 'sales')], [])).toEqual([]);
  });
});
