import { describe, expect, it } from 'vitest';
import { failureEffect } from './failure-effect.js';
import type { FailureEffect } from './failure-effect.js';

/** RFC 5057 §5.1 for a method of an INVITE usage: the responses that reach further than their transaction. */
const TABLE: Record<number, { INVITE: FailureEffect; INFO: FailureEffect }> = {
  404: { INVITE: 'dialog', INFO: 'dialog' },
  405: { INVITE: 'usage', INFO: 'transaction' },
  408: { INVITE: 'usage', INFO: 'usage' },
  410: { INVITE: 'dialog', INFO: 'dialog' },
  416: { INVITE: 'dialog', INFO: 'dialog' },
  480: { INVITE: 'usage', INFO: 'transaction' },
  481: { INVITE: 'usage', INFO: 'usage' },
  482: { INVITE: 'dialog', INFO: 'dialog' },
  483: { INVITE: 'dialog', INFO: 'dialog' },
  484: { INVITE: 'dialog', INFO: 'dialog' },
  485: { INVITE: 'dialog', INFO: 'dialog' },
  489: { INVITE: 'usage', INFO: 'transaction' },
  501: { INVITE: 'usage', INFO: 'transaction' },
  502: { INVITE: 'dialog', INFO: 'dialog' },
  604: { INVITE: 'dialog', INFO: 'dialog' },
};

describe('a failure inside a dialog (RFC 5057 §5.1)', () => {
  it('ends its transaction, its usage or the dialog, for every status', () => {
    for (let status = 300; status < 700; status++) {
      const row = TABLE[status] ?? { INVITE: 'transaction', INFO: 'transaction' };
      expect(failureEffect('INVITE', status), `INVITE ${status}`).toBe(row.INVITE);
      expect(failureEffect('INFO', status), `INFO ${status}`).toBe(row.INFO);
    }
  });

  it('of a NOTIFY ends the subscription, of a PRACK with 481 nothing, of a REFER with 404 or 484 nothing', () => {
    expect(failureEffect('NOTIFY', 489)).toBe('usage');
    expect(failureEffect('PRACK', 481)).toBe('transaction');
    expect(failureEffect('REFER', 404)).toBe('transaction');
    expect(failureEffect('REFER', 484)).toBe('transaction');
    expect(failureEffect('REFER', 481)).toBe('usage');
  });
});
