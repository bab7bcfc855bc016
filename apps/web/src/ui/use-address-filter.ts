import { useLocation, useSearchParams } from 'react-router';

/** What a list is narrowed by, as parameters of the address: it is there again after going back, and can be sent. */
export function useAddressFilter() {
  const [parameters, setParameters] = useSearchParams();
  const state = useLocation().state as unknown;
  const set = (name: string, value: string | null) =>
    setParameters((known) => withParameter(known, name, value), { replace: true, state });
  return { parameters, set };
}

export function withParameter(known: URLSearchParams, name: string, value: string | null): URLSearchParams {
  const next = new URLSearchParams(known);
  if (value === null || value === '') next.delete(name);
  else next.set(name, value);
  return next;
}
