import { useForm } from '@mantine/form';
import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useRebase } from './use-rebase.js';

interface Values {
  name: string;
  ring: number;
}

it('follows another who saves the same field between the save here and the next look at what is stored', () => {
  const before: Values = { name: 'Sales', ring: 25 };
  const { result, rerender } = renderHook(
    (stored: Values) => {
      const form = useForm({ initialValues: stored });
      return { form, showSaved: useRebase(form, stored) };
    },
    { initialProps: before },
  );
  act(() => result.current.form.setFieldValue('name', 'sales team'));
  const sent = result.current.form.getValues();
  act(() => result.current.showSaved({ name: 'Sales team', ring: 25 }, sent));
  // Drawn again before anything was read anew.
  rerender({ ...before });
  expect(result.current.form.getValues()).toEqual({ name: 'Sales team', ring: 25 });
  act(() => result.current.form.setFieldValue('ring', 40));
  rerender({ name: 'Team of sales', ring: 25 });
  expect(result.current.form.getValues()).toEqual({ name: 'Team of sales', ring: 40 });
});
