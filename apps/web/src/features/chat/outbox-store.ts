import { create } from 'zustand';

/** A chat message that the server has not taken yet. */
export interface OutgoingMessage {
  /** Makes sending again harmless: the same token is stored once. */
  readonly clientToken: string;
  readonly conversationId: string;
  readonly body: string;
  readonly createdAt: string;
  /** `waiting` for the connection, or `refused` for good, with why. */
  readonly state: 'sending' | 'waiting' | 'refused';
  readonly reason: string | null;
}

interface Outbox {
  readonly messages: readonly OutgoingMessage[];
  add: (message: OutgoingMessage) => void;
  change: (clientToken: string, change: Partial<Pick<OutgoingMessage, 'state' | 'reason'>>) => void;
  remove: (clientToken: string) => void;
}

export const useOutbox = create<Outbox>((set) => ({
  messages: [],
  add: (message) => set(({ messages }) => ({ messages: [...messages, message] })),
  change: (clientToken, change) =>
    set(({ messages }) => ({
      messages: messages.map((one) => (one.clientToken === clientToken ? { ...one, ...change } : one)),
    })),
  remove: (clientToken) =>
    set(({ messages }) => ({ messages: messages.filter((one) => one.clientToken !== clientToken) })),
}));
