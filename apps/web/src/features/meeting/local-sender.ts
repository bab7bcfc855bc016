import { notifications } from '@mantine/notifications';
import { notifyFailure } from '../../ui/notify.js';
import type { MeetingStore } from './meeting-store.js';
import type { LocalMedia } from './media/local-media.js';
import type { RoomMedia } from './media/room-media.js';

interface LocalSenderContext {
  /** The room's media of this moment; null while there is none. */
  media: () => RoomMedia | null;
  tellMuted: (muted: boolean) => void;
}

/** What goes from this browser into the room: microphone, camera, screen. */
export class LocalSender {
  private readonly stopWatching: () => void;
  private screenAudio: MediaStreamTrack | null = null;

  constructor(
    private readonly local: LocalMedia,
    private readonly store: MeetingStore,
    private readonly context: LocalSenderContext,
  ) {
    // A device that was changed takes the place of the one before.
    this.stopWatching = local.store.subscribe((now, before) => {
      if (this.store.getState().phase !== 'entered') return;
      if (now.microphone !== before.microphone && now.microphone !== null) this.sendMicrophone(now.microphone);
      if (now.camera !== before.camera) this.sendCamera(now.camera);
    });
  }

  /** Sends all that is open, e.g. when the room's media was built anew. */
  async start(): Promise<void> {
    const media = this.context.media();
    const { microphone, camera, microphoneOn } = this.local.store.getState();
    const { screen } = this.store.getState();
    if (microphone !== null) await media?.publish('microphone', microphone, !microphoneOn);
    if (camera !== null) await media?.publish('camera', camera);
    if (screen !== null) await media?.publish('screen', screen);
    if (this.screenAudio !== null) await media?.publish('screen-audio', this.screenAudio);
  }

  async setMicrophone(on: boolean): Promise<void> {
    this.local.setMicrophoneOn(on);
    if (on && this.local.store.getState().microphone === null) await this.local.openMicrophone();
    if (on && this.local.store.getState().microphone === null) return this.tellProblem('microphone');
    // A host muted it while it opened.
    if (this.local.store.getState().microphoneOn !== on) return;
    this.context.tellMuted(!on);
    await this.context.media()?.setPaused('microphone', !on).catch(notifyFailure);
  }

  async setCamera(on: boolean): Promise<void> {
    if (!on) return this.local.closeCamera();
    await this.local.openCamera();
    if (this.local.store.getState().camera === null) this.tellProblem('camera');
  }

  /** A host muted this participant. */
  mutedByHost(): void {
    if (!this.local.store.getState().microphoneOn) return;
    this.local.setMicrophoneOn(false);
    this.context.media()?.setPaused('microphone', true).catch(notifyFailure);
    notifications.show({ message: 'A host muted your microphone.', autoClose: 5_000 });
  }

  async shareScreen(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15 } }, audio: true });
      const screen = stream.getVideoTracks()[0] ?? null;
      if (screen === null) return;
      screen.contentHint = 'detail';
      // The browser's own "stop sharing" button.
      screen.addEventListener('ended', () => void this.stopScreen());
      this.screenAudio = stream.getAudioTracks()[0] ?? null;
      this.store.setState({ screen });
      await this.context.media()?.publish('screen', screen);
      if (this.screenAudio !== null) await this.context.media()?.publish('screen-audio', this.screenAudio);
    } catch (error) {
      // Cancelling the browser's dialog is no failure.
      if (error instanceof DOMException && error.name === 'NotAllowedError') return;
      await this.stopScreen();
      notifyFailure(error, 'Your screen could not be shared');
    }
  }

  async stopScreen(): Promise<void> {
    this.store.getState().screen?.stop();
    this.screenAudio?.stop();
    this.screenAudio = null;
    this.store.setState({ screen: null });
    const media = this.context.media();
    await Promise.all([media?.unpublish('screen'), media?.unpublish('screen-audio')]).catch(notifyFailure);
  }

  stop(): void {
    this.stopWatching();
    this.store.getState().screen?.stop();
    this.screenAudio?.stop();
    this.screenAudio = null;
    this.store.setState({ screen: null });
  }

  private sendMicrophone(track: MediaStreamTrack): void {
    const paused = !this.local.store.getState().microphoneOn;
    // Without a microphone one counts as muted, however much one wants to be heard.
    this.context.tellMuted(paused);
    this.context.media()?.publish('microphone', track, paused).catch(notifyFailure);
  }

  private sendCamera(track: MediaStreamTrack | null): void {
    const media = this.context.media();
    (track === null ? media?.unpublish('camera') : media?.publish('camera', track))?.catch(notifyFailure);
  }

  private tellProblem(kind: 'microphone' | 'camera'): void {
    if (kind === 'microphone') this.local.setMicrophoneOn(false);
    notifyFailure(new Error(this.local.store.getState().problems[kind] ?? `The ${kind} could not be opened.`));
  }
}
