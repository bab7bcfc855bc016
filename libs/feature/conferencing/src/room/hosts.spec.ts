import { describe, expect, it } from 'vitest';
import { pickSuccessor, roleOnEntry } from './hosts.js';

const browser = { identity: 'user', endpoint: 'browser', role: 'member', state: 'entered', joinedAt: '2' } as const;
const phone = { ...browser, endpoint: 'phone', joinedAt: '1' } as const;
const host = { ...browser, role: 'host' } as const;

describe('hosts', () => {
  it('are admins and owners, and the first staff member where there is none', () => {
    expect(roleOnEntry({ identity: 'user', endpoint: 'browser', privileged: true }, [host])).toBe('host');
    expect(roleOnEntry({ identity: 'user', endpoint: 'browser', privileged: false }, [])).toBe('host');
    expect(roleOnEntry({ identity: 'user', endpoint: 'browser', privileged: false }, [host])).toBe('member');
    expect(roleOnEntry({ identity: 'user', endpoint: 'phone', privileged: false }, [host])).toBe('member');
  });

  it('are never guests or unknown callers', () => {
    for (const identity of ['guest', 'caller'] as const)
      expect(roleOnEntry({ identity, endpoint: 'browser', privileged: true }, [])).toBe('member');
  });

  it('on a phone do not keep a browser from being one', () => {
    const phoneHost = { ...phone, role: 'host' } as const;
    expect(roleOnEntry({ identity: 'user', endpoint: 'browser', privileged: false }, [phoneHost])).toBe('host');
  });

  it('are followed by the staff member who is in longest, browsers first', () => {
    const later = { ...browser, joinedAt: '3' };
    expect(pickSuccessor([phone, later, browser])).toBe(browser);
    expect(pickSuccessor([phone])).toBe(phone);
    expect(pickSuccessor([host, browser])).toBeUndefined();
    expect(
      pickSuccessor([
        { ...browser, identity: 'guest' },
        { ...browser, state: 'lobby' },
      ]),
    ).toBeUndefined();
  });
});
