import { useLayoutEffect, useRef } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { HAS_WAY_BACK, useWayBack } from '../../ui/use-drawer-address.js';

const PARAMETER = 'message';

/**
 * Which message of a ladder is open: a part of the address, counted from 1, so that it can be sent to a colleague. Back
 * closes it; walking on to others leaves no trail.
 */
export function useOpenedMessage() {
  const [parameters, setParameters] = useSearchParams();
  const location = useLocation();
  const goBack = useWayBack();
  const number = Number(parameters.get(PARAMETER));
  const opened = Number.isInteger(number) && number > 0 ? number - 1 : null;
  // The entry of the history with a message open. A key that is held down comes again before the router has drawn it.
  const entry = useRef<{ readonly state: unknown }>(undefined);
  useLayoutEffect(() => {
    entry.current = opened === null ? undefined : { state: location.state as unknown };
  }, [opened, location.key, location.state]);
  const open = (index: number) => {
    const replaced = entry.current;
    entry.current ??= { state: HAS_WAY_BACK };
    setParameters(
      { [PARAMETER]: String(index + 1) },
      { ...entry.current, ...(replaced !== undefined && { replace: true }) },
    );
  };
  const close = () => {
    const closed = entry.current;
    entry.current = undefined;
    if (closed !== undefined) goBack({ pathname: location.pathname }, closed.state);
  };
  return { opened, open, close };
}
