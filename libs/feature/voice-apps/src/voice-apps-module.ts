import { PromptsModule } from '@carillon/prompts';
import { Module } from '@nestjs/common';
import { Speaker } from './line/speaker.js';
import { Mailboxes } from './mailbox/mailboxes.js';
import { PinCheck } from './mailbox/pin-check.js';
import { RecordingFiles } from './mailbox/recording-files.js';
import { RecordingRecovery } from './mailbox/recording-recovery.js';
import { Recordings } from './mailbox/recordings.js';
import { VoicemailCommands } from './mailbox/voicemail-commands.js';
import { Directory } from './run/directory.js';
import { RunParts } from './run/run-parts.js';
import { VoiceAppRuns } from './run/voice-app-runs.js';
import { WarmPrompts } from './warm-prompts.js';

/** IVR menus, voicemail and the echo test. Needs the runtime, database, event bus and identity modules. */
@Module({
  imports: [PromptsModule],
  providers: [
    Speaker,
    Directory,
    Mailboxes,
    RecordingFiles,
    Recordings,
    PinCheck,
    RunParts,
    VoiceAppRuns,
    VoicemailCommands,
    RecordingRecovery,
    WarmPrompts,
  ],
})
export class VoiceAppsModule {}
