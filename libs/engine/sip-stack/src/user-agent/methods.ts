/** Methods with an RFC; any other gets 501 (RFC 3261 §21.5.2), these get 405 when nobody handles them. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'REGISTER',
  'OPTIONS',
  'PRACK',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'INFO',
  'REFER',
  'MESSAGE',
  'UPDATE',
]);

/** Handler event of a method that comes outside a dialog. */
export const EVENT_OF_METHOD = {
  REGISTER: 'register',
  MESSAGE: 'message',
  OPTIONS: 'options',
  PUBLISH: 'publish',
  INFO: 'info',
  NOTIFY: 'notify',
} as const;

/** What we always understand, for Allow. */
export const ALLOWED =
  'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REFER, NOTIFY, SUBSCRIBE, MESSAGE, REGISTER, PUBLISH';

/** Option tags that the stack itself handles. */
export const SUPPORTED = ['timer', 'replaces', 'join', 'norefersub', 'tdialog', '199'] as const;
