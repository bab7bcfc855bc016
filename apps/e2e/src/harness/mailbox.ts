import { portalOf } from './call-history.js';
import type { Carillon } from './carillon.js';
import type { Portal } from './portal.js';
import { until } from './wait.js';
import { readSound, type Sound } from './wav.js';

export interface VoicemailMessage {
  readonly voicemailMessageId: string;
  readonly durationSeconds: number;
  readonly heard: boolean;
  readonly from: { readonly number: string };
}

/** A demo extension's mailbox, as its owner has it in the portal. */
export class Mailbox {
  private constructor(private readonly portal: Portal) {}

  static async open(carillon: Carillon, extension: string): Promise<Mailbox> {
    return new Mailbox(await portalOf(carillon, extension));
  }

  /** As `open`, with nothing in it: what an earlier call has left is deleted. */
  static async openEmpty(carillon: Carillon, extension: string): Promise<Mailbox> {
    const mailbox = await Mailbox.open(carillon, extension);
    for (const message of await mailbox.messages()) await mailbox.delete(message);
    return mailbox;
  }

  messages(): Promise<VoicemailMessage[]> {
    return this.portal.do<VoicemailMessage[]>('GET', '/api/voicemail');
  }

  /** Waits for a message. @returns the newest */
  newest(): Promise<VoicemailMessage> {
    return until('the message', async () => (await this.messages())[0]);
  }

  async audio({ voicemailMessageId }: VoicemailMessage): Promise<Sound> {
    return readSound(await this.portal.bytes(`/api/voicemail/${voicemailMessageId}/audio`));
  }

  delete({ voicemailMessageId }: VoicemailMessage): Promise<unknown> {
    return this.portal.do('DELETE', `/api/voicemail/${voicemailMessageId}`);
  }
}
