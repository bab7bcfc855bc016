import type { UseFormReturnType } from '@mantine/form';
import { useEffect, useRef } from 'react';
import { rebase } from './rebase.js';

/**
 * Keeps a form that is open true to what is stored: another administrator may save while this one still types, and
 * pages are asked for anew whenever the window comes back to the front.
 */
export function useRebase<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  stored: Values,
): void {
  const known = useRef(stored);
  useEffect(() => {
    if (JSON.stringify(known.current) === JSON.stringify(stored)) return;
    const values = rebase(known.current, form.getValues(), stored);
    known.current = stored;
    form.setInitialValues(stored);
    form.setValues(values);
  });
}
