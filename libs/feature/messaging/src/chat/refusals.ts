/** To who is no member, a conversation does not exist. */
export const NOT_FOUND = { ok: false, code: 'MESSAGING.NOT_FOUND', detail: 'There is no such conversation' } as const;

export const UNKNOWN_MEMBER = {
  ok: false,
  code: 'MESSAGING.UNKNOWN_MEMBER',
  detail: 'One of these people is not in your organisation, or may not use it any more',
} as const;

export const NO_ONE_ELSE = {
  ok: false,
  code: 'MESSAGING.NO_ONE_ELSE',
  detail: 'A conversation needs someone besides yourself',
} as const;
