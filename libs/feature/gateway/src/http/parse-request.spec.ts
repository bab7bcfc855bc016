import type { Route } from '@carillon/contracts';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { UNSTORABLE } from '../find-unstorable-text.js';
import { parseRequest, type RawRequest } from './parse-request.js';

const route: Route = {
  method: 'PUT',
  path: '/api/things/:name',
  access: 'admin',
  query: z.object({ search: z.string().optional() }),
  body: z.object({ name: z.string().optional(), entries: z.array(z.object({ text: z.string() })).optional() }),
};
const parse = (raw: Partial<RawRequest>) => parseRequest(route, { params: {}, query: {}, body: {}, ...raw });

it.each([
  [{ body: { name: 'a\0' } }, 'name'],
  [{ body: { entries: [{ text: 'a' }, { text: '\ud83d' }] } }, 'entries.1.text'],
  [{ body: { 'a\0': 1 } }, 'body'],
  [{ query: { search: '\0' } }, 'search'],
])('%j is refused, by the name of its field', (raw, field) => {
  expect(() => parse(raw)).toThrow(
    expect.objectContaining({ code: 'REQUEST.INVALID', details: { fields: { [field]: UNSTORABLE } } }),
  );
});

it('a path with such a text names nothing', () => {
  expect(parse({ params: { name: '📞' } }).params).toEqual({ name: '📞' });
  expect(() => parse({ params: { name: 'a\0' } })).toThrow(expect.objectContaining({ code: 'REQUEST.NOT_FOUND' }));
});
