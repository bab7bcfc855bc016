import type { PlaySource } from '@carillon/contracts';
import { Prompts } from '@carillon/prompts';
import { Logger } from '@carillon/service-runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

/** Everything that conferencing says to phones. */
export const SENTENCES = {
  askPin: 'Please enter the PIN of the meeting, followed by the hash key.',
  wrongPin: 'That PIN is not right.',
  goodbye: 'Goodbye.',
  waitInLobby: 'Please wait. The host will let you in soon.',
  entered: 'You are now in the meeting.',
  muted: 'You are muted. Press star six to speak.',
  unmuted: 'You are no longer muted.',
  handRaised: 'Your hand is raised.',
  handLowered: 'Your hand is lowered.',
  denied: 'The host did not let you in. Goodbye.',
  removed: 'You were removed from the meeting. Goodbye.',
  ended: 'The meeting has ended. Goodbye.',
  full: 'The meeting is full. Goodbye.',
  unavailable: 'The meeting cannot be joined at the moment. Please try again later. Goodbye.',
} as const;
export type SentenceName = keyof typeof SENTENCES;

/** Two short rising notes: someone came in. */
export const CHIME: readonly PlaySource[] = [
  { kind: 'tone', frequencies: [880], durationMs: 90 },
  { kind: 'tone', frequencies: [1175], durationMs: 110 },
];

/** What is heard where the voice fails: three low notes instead of nothing. */
const WORDLESS: readonly PlaySource[] = [{ kind: 'tone', frequencies: [440], durationMs: 400 }];
const LOBBY_PAUSE_MS = 8_000;

/** Sentences as sound. */
@Injectable()
export class Announcements implements OnModuleInit {
  constructor(
    @Inject(Prompts) private readonly prompts: Prompts,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.prompts.warm(Object.values(SENTENCES));
  }

  say(name: SentenceName): Promise<PlaySource[]> {
    return this.speak(SENTENCES[name]);
  }

  /** Greets with the room's name. */
  welcome(roomName: string): Promise<PlaySource[]> {
    return this.speak(`Welcome to the meeting ${roomName}.`);
  }

  /** To be played again and again. */
  async lobby(): Promise<PlaySource[]> {
    return [...(await this.say('waitInLobby')), { kind: 'silence', durationMs: LOBBY_PAUSE_MS }];
  }

  private async speak(sentence: string): Promise<PlaySource[]> {
    try {
      return [{ kind: 'file', path: await this.prompts.text(sentence) }];
    } catch (error) {
      this.logger.warn({ error, sentence }, 'A prompt is missing; a tone is played instead');
      return [...WORDLESS];
    }
  }
}
