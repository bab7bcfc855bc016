import { useEffect, useRef } from 'react';
import { rebase, type Identify } from './rebase.js';

/** What is needed of a form of Mantine, whatever it makes of its values in the end. */
interface OpenForm<Values> {
  getValues: () => Values;
  setInitialValues: (values: Values) => void;
  setValues: (values: Values) => void;
}

/**
 * Keeps a form that is open true to what is stored: another administrator may save while this one still types, and
 * pages are asked for anew whenever the window comes back to the front.
 * @returns for a form that stays open when it has saved: shows what was saved as the server has written it, such as an
 * address in small letters; what was typed since it was sent stays
 */
export function useRebase<Values>(form: OpenForm<Values>, stored: Values, identify?: Identify) {
  const seen = useRef(stored);
  // What the form rests on: newer than what was seen of the store from a save until it is read anew.
  const known = useRef(stored);
  useEffect(() => {
    if (JSON.stringify(seen.current) === JSON.stringify(stored)) return;
    const values = rebase(known.current, form.getValues(), stored, identify);
    seen.current = stored;
    known.current = stored;
    form.setInitialValues(stored);
    form.setValues(values);
  });
  return (saved: Values, sent: Values) => {
    known.current = saved;
    form.setInitialValues(saved);
    form.setValues(rebase(sent, form.getValues(), saved, identify));
  };
}
