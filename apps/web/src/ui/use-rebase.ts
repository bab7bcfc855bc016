import { useEffect, useRef } from 'react';
import { rebase } from './rebase.js';

/** What is needed of a form of Mantine, whatever it makes of its values in the end. */
interface OpenForm<Values> {
  getValues: () => Values;
  setInitialValues: (values: Values) => void;
  setValues: (values: Values) => void;
}

/**
 * Keeps a form that is open true to what is stored: another administrator may save while this one still types, and
 * pages are asked for anew whenever the window comes back to the front.
 */
export function useRebase<Values>(form: OpenForm<Values>, stored: Values): void {
  const known = useRef(stored);
  useEffect(() => {
    if (JSON.stringify(known.current) === JSON.stringify(stored)) return;
    const values = rebase(known.current, form.getValues(), stored);
    known.current = stored;
    form.setInitialValues(stored);
    form.setValues(values);
  });
}
