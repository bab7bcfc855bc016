import { describe, expect, it } from 'vitest';
import { isDatabaseLost } from './database-errors.js';

const withCode = (code: string): Error => Object.assign(new Error('refused'), { code });

describe('a database that is away', () => {
  it.each([
    ['a server that recovers', withCode('57P03')],
    ['a server that shuts down', withCode('57P01')],
    ['a broken connection', withCode('08006')],
    ['too many connections', withCode('53300')],
    [
      'Prisma’s words for it',
      new Error('Database error. Code: `57P03`. Message: `the database system is not yet accepting connections`'),
    ],
    ['a cause that tells it', new Error('Query failed', { cause: withCode('P1017') })],
  ])('is told by %s', (_, error) => {
    expect(isDatabaseLost(error)).toBe(true);
  });

  it.each([
    ['a row that exists', withCode('23505')],
    ['a cancelled query', withCode('57014')],
    ['any other failure', new Error('column does not exist')],
  ])('is not told by %s', (_, error) => {
    expect(isDatabaseLost(error)).toBe(false);
  });
});
