import type { Participant } from '@carillon/contracts';
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { LocalMediaState } from './media/local-media.js';
import type { MeetingSession } from './meeting-session.js';
import type { MeetingState } from './meeting-store.js';

export const MeetingContext = createContext<MeetingSession | null>(null);

/** @throws Error outside of a meeting, which is a mistake in the page. */
export function useMeetingSession(): MeetingSession {
  const session = useContext(MeetingContext);
  if (session === null) throw new Error('useMeetingSession is used outside of a meeting');
  return session;
}

/** A part of the meeting's state. The selector must answer something stable. */
export function useMeeting<Part>(select: (state: MeetingState) => Part): Part {
  return useStore(useMeetingSession().store, select);
}

export function useLocal<Part>(select: (state: LocalMediaState) => Part): Part {
  return useStore(useMeetingSession().local.store, select);
}

export function useSelf(): Participant | undefined {
  return useMeeting((state) => (state.selfId === null ? undefined : state.participants.get(state.selfId)));
}
