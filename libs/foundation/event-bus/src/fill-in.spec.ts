import { commands } from '@carillon/contracts';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { fillInFor } from './fill-in.js';

it('leaves what is plain as it is', () => {
  const value = { a: 1 };
  expect(fillInFor(z.object({ a: z.number() }))?.(value)).toBe(value);
});

it('fills in what is left out or undefined, into a copy', () => {
  const schema = z.object({ a: z.string(), b: z.enum(['x', 'y']).default('x'), c: z.boolean().default(false) });
  const value = { a: 'k', b: undefined, c: true };
  const filled = fillInFor(schema)?.(value);
  expect(filled).toEqual(schema.parse(value));
  expect(filled).not.toBe(value);
  expect(value.b).toBeUndefined();
});

it.each([
  ['a default that all would share', z.object({ a: z.array(z.string()).default([]) })],
  ['a default deep within', z.object({ a: z.object({ b: z.string().default('x') }) })],
  ['a transform', z.object({ a: z.string().transform((text) => text.length) })],
  ['a check of the whole', z.object({ a: z.string().default('x') }).refine(() => true)],
  ['what is no object', z.string().default('x')],
])('cannot stand in for parsing where there is %s', (_what, schema) => expect(fillInFor(schema)).toBeUndefined());

it('knows the commands of every call', () => {
  for (const name of ['media.open', 'media.answer', 'media.accept-answer', 'media.connect', 'media.close'] as const)
    expect(fillInFor(commands[name].input), name).toBeDefined();
});
