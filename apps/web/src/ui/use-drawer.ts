import { useState } from 'react';

/**
 * What a drawer is open for. It stays while the drawer slides away, and the drawer itself stays mounted:
 * only so does the focus go back to the button that opened it.
 */
export function useDrawer<Subject>() {
  const [{ subject, opened, turn }, setState] = useState({ subject: null as Subject | null, opened: false, turn: 0 });
  return {
    subject,
    opened,
    open: (next: Subject) => setState((now) => ({ subject: next, opened: true, turn: now.turn + 1 })),
    /** As it is open now: a save that ends late does not close what was opened after it. */
    close: () => setState((now) => (now.turn === turn ? { ...now, opened: false } : now)),
  };
}
