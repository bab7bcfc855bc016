import type { Participant, ProducerInfo, RoomSnapshot } from '@carillon/contracts';
import { createStore, type StoreApi } from 'zustand';
import type { RemoteTrack } from './media/room-media.js';

/** Why a meeting is over for this participant. */
export type OverReason = 'left' | 'removed' | 'denied' | 'ended' | 'refused';

export interface MeetingState {
  readonly phase: 'joining' | 'lobby' | 'entered' | 'over';
  readonly overReason: OverReason | null;
  /** A sentence more about it. */
  readonly overDetail: string | null;
  readonly selfId: string | null;
  readonly room: Pick<RoomSnapshot, 'name' | 'extension' | 'lobby'> | null;
  /** By id, in the order in which they came. */
  readonly participants: ReadonlyMap<string, Participant>;
  readonly producers: ReadonlyMap<string, ProducerInfo>;
  /** By producer id. */
  readonly tracks: ReadonlyMap<string, RemoteTrack>;
  readonly speakers: ReadonlySet<string>;
  readonly connection: 'connecting' | 'connected' | 'interrupted';
  /** One's own screen, while it is shared. */
  readonly screen: MediaStreamTrack | null;
  /** The browser wants a gesture before it plays sound. */
  readonly audioBlocked: boolean;
}

export type MeetingStore = StoreApi<MeetingState>;

export function createMeetingStore(): MeetingStore {
  return createStore<MeetingState>(() => ({
    phase: 'joining',
    overReason: null,
    overDetail: null,
    selfId: null,
    room: null,
    participants: new Map(),
    producers: new Map(),
    tracks: new Map(),
    speakers: new Set(),
    connection: 'connecting',
    screen: null,
    audioBlocked: false,
  }));
}

/** A copy of the map with the entry put in, in the place of the one before it. */
export function withEntry<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value,
): ReadonlyMap<string, Value> {
  return new Map(map).set(key, value);
}

export function withoutEntry<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
