import type { SipRole } from '@carillon/contracts';

interface RoleWords {
  readonly label: string;
  readonly description: string;
  /** What does not work with it. */
  readonly givesUp: readonly string[];
}

/** The roles in words. */
export const roleWords: Readonly<Record<SipRole, RoleWords>> = {
  b2bua: {
    label: 'Both sides of every call (recommended)',
    description: 'The system takes part in the call: it relays the sound, knows every detail and can change the call.',
    givesUp: [],
  },
  proxy: {
    label: 'Proxy',
    description:
      'Calls are passed on to the phones, which talk to each other directly. The load on this server is a fraction.',
    givesUp: [
      'No relay of the sound, and no figures of its quality: phones must reach each other.',
      'No hanging up or transferring from the portal; the phones do it themselves.',
      'A call that goes on to the mailbox is handled in full from there; one that is forwarded by the phone is the caller’s to follow.',
      'The history knows who called whom, when, and whether it was answered.',
    ],
  },
  redirect: {
    label: 'Redirect',
    description: 'The caller is told the addresses of the phones and calls them itself.',
    givesUp: [
      'All that the proxy gives up.',
      'The history says that and where a call was redirected, and nothing of what became of it.',
      'Phones behind a router can usually not be reached, and phones must take calls that do not come from here.',
    ],
  },
};
