import { Clock, DiskSpace, Logger } from '@carillon/service-runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Speaker } from '../line/speaker.js';
import { Mailboxes } from '../mailbox/mailboxes.js';
import { PinCheck } from '../mailbox/pin-check.js';
import { RecordingFiles } from '../mailbox/recording-files.js';
import { Recordings } from '../mailbox/recordings.js';
import { Directory } from './directory.js';

/** What all runs share. */
@Injectable()
export class RunParts {
  @Inject(Speaker) readonly speaker!: Speaker;
  @Inject(Directory) readonly directory!: Directory;
  @Inject(Mailboxes) readonly mailboxes!: Mailboxes;
  @Inject(Recordings) readonly recordings!: Recordings;
  @Inject(RecordingFiles) readonly files!: RecordingFiles;
  @Inject(PinCheck) readonly pins!: PinCheck;
  @Inject(DiskSpace) readonly disk!: DiskSpace;
  @Inject(Clock) readonly clock!: Clock;
  @Inject(Logger) readonly logger!: Logger;
}
