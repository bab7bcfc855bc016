import { dialExtension } from './dial-extension.js';
import { echo } from './echo.js';
import { gather } from './gather.js';
import { hangUp } from './hang-up.js';
import { leaveMessage } from './leave-message.js';
import { mailboxMenu } from './mailbox-menu.js';
import { play } from './play.js';
import { record } from './record.js';
import { transfer } from './transfer.js';
import { DONE, type Verb, type VerbContext, type VerbOutcome } from './verb.js';

/** Runs one verb to its end. @throws the signal's reason when cancelled; what media or signalling refused */
export async function runVerb(verb: Verb, context: VerbContext, signal: AbortSignal): Promise<VerbOutcome> {
  switch (verb.kind) {
    case 'play':
      await play(verb.say, verb.bargeIn, context, signal);
      return DONE;
    case 'gather':
      return { kind: 'digits', digits: await gather(verb, context, signal) };
    case 'dial-extension':
      return dialExtension(verb, context, signal);
    case 'record':
      await record(verb, context, signal);
      return DONE;
    case 'transfer':
      return transfer(verb, context, signal);
    case 'hang-up':
      return hangUp(verb, context, signal);
    case 'echo':
      return echo(context, signal);
    case 'leave-message':
      return leaveMessage(verb, context, signal);
    case 'mailbox-menu':
      return mailboxMenu(verb.mailboxId, context, signal);
  }
}
