/** Where a producer's media comes from. A phone has one, 'microphone'. */
export type MediaSource = 'microphone' | 'camera' | 'screen' | 'screen-audio';
export type MediaKind = 'audio' | 'video';

/** mediasoup parameters as they came from a browser: mediasoup itself checks them. */
export type UncheckedParameters = Readonly<Record<string, unknown>>;

/** What a browser asks of the room it is in. */
export type SfuRequest =
  | { readonly type: 'router-capabilities' }
  | { readonly type: 'create-transport'; readonly direction: 'send' | 'receive' }
  | { readonly type: 'connect-transport'; readonly transportId: string; readonly dtlsParameters: UncheckedParameters }
  | { readonly type: 'restart-ice'; readonly transportId: string }
  | {
      readonly type: 'produce';
      readonly transportId: string;
      readonly kind: MediaKind;
      readonly source: MediaSource;
      readonly rtpParameters: UncheckedParameters;
      readonly paused: boolean;
    }
  | { readonly type: 'pause-producer'; readonly producerId: string; readonly paused: boolean }
  | { readonly type: 'close-producer'; readonly producerId: string }
  | { readonly type: 'list-producers' }
  | {
      readonly type: 'consume';
      readonly transportId: string;
      readonly producerId: string;
      readonly rtpCapabilities: UncheckedParameters;
    }
  | { readonly type: 'pause-consumer'; readonly consumerId: string; readonly paused: boolean }
  | {
      readonly type: 'prefer-layers';
      readonly consumerId: string;
      readonly spatialLayer: number;
      readonly temporalLayer?: number | undefined;
    }
  | { readonly type: 'close-consumer'; readonly consumerId: string };

export type SfuRequestOf<Type extends SfuRequest['type']> = Extract<SfuRequest, { type: Type }>;
