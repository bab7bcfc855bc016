/** One cell of a state machine: where an event leads and what is done on the way, in order. */
export interface Transition<S extends string, A extends string> {
  readonly next: S;
  readonly actions: readonly A[];
}

/** A whole machine: every event has its cell in every state. */
export type TransitionTable<S extends string, E extends string, A extends string> = Readonly<
  Record<S, Readonly<Record<E, Transition<S, A>>>>
>;

/** A cell in which nothing happens. */
export function stay<S extends string>(state: S): { next: S; actions: readonly never[] } {
  return { next: state, actions: [] };
}
