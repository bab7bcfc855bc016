import { LoginThrottle, verifyPassword } from '@carillon/identity';
import { Inject, Injectable } from '@nestjs/common';
import type { MailboxInfo } from './mailboxes.js';

export type PinVerdict = 'right' | 'wrong' | 'too-many';

/** Checks mailbox PINs; guessing is slowed over all calls, by mailbox and by caller. */
@Injectable()
export class PinCheck {
  constructor(@Inject(LoginThrottle) private readonly throttle: LoginThrottle) {}

  /**
   * @param mailbox null where the caller named none that there is: that takes as long as a wrong PIN, and sounds the same
   * @param asked the mailbox as the caller named it
   */
  async check(mailbox: MailboxInfo | null, asked: string, callerNumber: string, pin: string): Promise<PinVerdict> {
    const attempt = { account: `mailbox ${asked}`, address: `phone ${callerNumber}` };
    if ((await this.throttle.begin(attempt)) !== undefined) return 'too-many';
    if (!(await verifyPassword(mailbox?.pinHash, pin))) return 'wrong';
    await this.throttle.succeeded(attempt);
    return 'right';
  }
}
