import type { VoiceApp } from '@carillon/contracts';
import { text } from '../line/say.js';
import { PHRASES } from '../phrases.js';
import type { Directory } from './directory.js';
import type { Script } from './run.machine.js';

/** What a run for this application has to do. @returns null where the organisation has no such menu */
export async function buildScript(app: VoiceApp, organisationId: string, directory: Directory): Promise<Script | null> {
  const goodbye = [text(PHRASES.goodbye)];
  switch (app.kind) {
    case 'ivr': {
      const menu = await directory.loadMenu(organisationId, app.ivrMenuId);
      return menu === null ? null : { kind: 'ivr', menu };
    }
    case 'leave-voicemail':
      return {
        kind: 'single',
        verb: { kind: 'leave-message', mailboxId: app.mailboxId, reason: app.reason },
        goodbye,
      };
    case 'voicemail-menu':
      return { kind: 'single', verb: { kind: 'mailbox-menu', mailboxId: app.mailboxId }, goodbye };
    case 'echo':
      return { kind: 'single', verb: { kind: 'echo' }, goodbye };
  }
}
