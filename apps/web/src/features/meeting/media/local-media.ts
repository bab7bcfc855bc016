import { createStore, type StoreApi } from 'zustand';
import { mediaProblem, type LocalKind } from './media-problem.js';

export interface LocalMediaState {
  readonly microphone: MediaStreamTrack | null;
  readonly camera: MediaStreamTrack | null;
  /** Whether one wants to be heard; the device stays open meanwhile, so that speaking up is instant. */
  readonly microphoneOn: boolean;
  readonly devices: readonly MediaDeviceInfo[];
  readonly microphoneId: string | null;
  readonly cameraId: string | null;
  readonly noiseSuppression: boolean;
  /** Why a device could not be had, in a sentence. */
  readonly problems: Readonly<Partial<Record<LocalKind, string>>>;
}

const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } as const;
const CHOICES_KEY = 'carillon-devices';

/** The user's own microphone and camera, before and during a meeting. */
export class LocalMedia {
  readonly store: StoreApi<LocalMediaState>;
  private closed = true;

  constructor(private readonly media: MediaDevices | undefined = navigator.mediaDevices) {
    this.store = createStore<LocalMediaState>(() => ({
      microphone: null,
      camera: null,
      microphoneOn: true,
      devices: [],
      microphoneId: null,
      cameraId: null,
      noiseSuppression: true,
      problems: {},
      ...readChoices(),
    }));
  }

  /** Makes ready, also after `close`. Devices are opened one by one, when they are wanted. */
  start(): void {
    this.closed = false;
    this.media?.addEventListener('devicechange', this.refreshDevices);
  }

  /** Opens the chosen microphone; the one before it is closed. */
  async openMicrophone(): Promise<void> {
    const { microphoneId, noiseSuppression } = this.store.getState();
    const track = await this.openTrack('microphone', {
      audio: {
        ...(microphoneId !== null && { deviceId: { ideal: microphoneId } }),
        echoCancellation: noiseSuppression,
        noiseSuppression,
        autoGainControl: noiseSuppression,
      },
    });
    if (track === null) return;
    this.store.getState().microphone?.stop();
    track.enabled = this.store.getState().microphoneOn;
    this.store.setState({ microphone: track });
  }

  async openCamera(): Promise<void> {
    const { cameraId } = this.store.getState();
    const track = await this.openTrack('camera', {
      video: { ...CAMERA, ...(cameraId !== null && { deviceId: { ideal: cameraId } }) },
    });
    if (track === null) return;
    this.store.getState().camera?.stop();
    this.store.setState({ camera: track });
  }

  closeCamera(): void {
    this.store.getState().camera?.stop();
    this.store.setState({ camera: null });
  }

  setMicrophoneOn(on: boolean): void {
    const { microphone } = this.store.getState();
    if (microphone !== null) microphone.enabled = on;
    this.store.setState({ microphoneOn: on });
  }

  /** Remembers the choice, and changes to it where the device is open. */
  async choose(
    choice: Partial<Pick<LocalMediaState, 'microphoneId' | 'cameraId' | 'noiseSuppression'>>,
  ): Promise<void> {
    this.store.setState(choice);
    const { microphoneId, cameraId, noiseSuppression, microphone, camera } = this.store.getState();
    writeChoices({ microphoneId, cameraId, noiseSuppression });
    if (microphone !== null && (choice.microphoneId !== undefined || choice.noiseSuppression !== undefined))
      await this.openMicrophone();
    if (camera !== null && choice.cameraId !== undefined) await this.openCamera();
  }

  private readonly refreshDevices = (): void => void this.listDevices();

  private async listDevices(): Promise<void> {
    const devices = (await this.media?.enumerateDevices()) ?? [];
    // Before permission is given, devices have no ids: nothing could be chosen.
    this.store.setState({ devices: devices.filter((device) => device.deviceId !== '') });
  }

  close(): void {
    this.closed = true;
    this.media?.removeEventListener('devicechange', this.refreshDevices);
    const { microphone, camera } = this.store.getState();
    microphone?.stop();
    camera?.stop();
    this.store.setState({ microphone: null, camera: null });
  }

  private async openTrack(kind: LocalKind, constraints: MediaStreamConstraints): Promise<MediaStreamTrack | null> {
    const tell = (problem?: string) => {
      const { [kind]: _before, ...problems } = this.store.getState().problems;
      this.store.setState({ problems: problem === undefined ? problems : { ...problems, [kind]: problem } });
    };
    if (this.media === undefined) {
      tell('Browsers give out microphones and cameras over HTTPS only. Open this page with https://.');
      return null;
    }
    try {
      const stream = await this.media.getUserMedia(constraints);
      const track = stream.getTracks()[0] ?? null;
      if (this.closed) {
        track?.stop();
        return null;
      }
      tell();
      await this.listDevices();
      return track;
    } catch (error) {
      tell(mediaProblem(kind, error));
      return null;
    }
  }
}

type Choices = Pick<LocalMediaState, 'microphoneId' | 'cameraId' | 'noiseSuppression'>;

function readChoices(): Partial<Choices> {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(CHOICES_KEY) ?? '{}');
    if (typeof known !== 'object' || known === null) return {};
    const { microphoneId, cameraId, noiseSuppression } = known as Partial<Record<keyof Choices, unknown>>;
    return {
      ...(typeof microphoneId === 'string' && { microphoneId }),
      ...(typeof cameraId === 'string' && { cameraId }),
      ...(typeof noiseSuppression === 'boolean' && { noiseSuppression }),
    };
  } catch {
    // Storage that is switched off or spoilt: the defaults do.
    return {};
  }
}

function writeChoices(choices: Choices): void {
  try {
    localStorage.setItem(CHOICES_KEY, JSON.stringify(choices));
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}
