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
  const open = (index: number) =>
    setParameters(
      { [PARAMETER]: String(index + 1) },
      opened === null ? { state: HAS_WAY_BACK } : { ...REPLACED, state: location.state as unknown },
    );
  const close = () => {
    if (opened !== null) goBack({ pathname: location.pathname });
  };
  return { opened, open, close };
}

const REPLACED = { replace: true } as const;
