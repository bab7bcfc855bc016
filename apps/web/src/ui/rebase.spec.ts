import { expect, it } from 'vitest';
import { rebase } from './rebase.js';

const before = { ring: 25, names: ['a'], times: { least: 30, most: 3600 } };

it('what nobody has touched follows what is stored, field by field', () => {
  const stored = { ring: 40, names: ['a', 'b'], times: { least: 60, most: 3600 } };
  expect(rebase(before, before, stored)).toEqual(stored);
  const edited = { ...before, times: { least: 30, most: 7200 } };
  expect(rebase(before, edited, stored)).toEqual({ ...stored, times: { least: 60, most: 7200 } });
});

it('what was edited stays, a list as a whole, also where another has changed the same', () => {
  const edited = { ...before, ring: 10, names: [] };
  const stored = { ...before, ring: 40, names: ['a', 'b'] };
  expect(rebase(before, edited, stored)).toEqual({ ...before, ring: 10, names: [] });
});

it('fields that only the form has stay in it', () => {
  const form: Record<string, unknown> = { ...before, secret: 'typed' };
  expect(rebase<Record<string, unknown>>({ ...before, secret: '' }, form, { ...before, secret: '' })).toEqual(form);
});
