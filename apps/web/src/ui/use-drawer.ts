import { useState } from 'react';

/**
 * What a drawer is open for. It stays while the drawer slides away, and the drawer itself stays mounted:
 * only so does the focus go back to the button that opened it.
 */
export function useDrawer<Subject>() {
  const [subject, setSubject] = useState<Subject | null>(null);
  const [opened, setOpened] = useState(false);
  const open = (next: Subject) => {
    setSubject(next);
    setOpened(true);
  };
  return { subject, opened, open, close: () => setOpened(false) };
}
