import { useLayoutEffect, useRef } from 'react';
import { useLocation, useNavigation } from 'react-router';

/**
 * For what moves the user once an answer is there: whether they are where they asked by then. Who has gone on, even to a
 * page whose code is still on its way, is not moved away from there.
 * @param place undefined while nothing is open
 */
export function useStillAt(place: string | undefined) {
  const { key } = useLocation();
  const { location: next } = useNavigation();
  const at = useRef<string>(undefined);
  useLayoutEffect(() => {
    at.current = next === undefined ? place : undefined;
    return () => {
      at.current = undefined;
    };
  }, [key, next, place]);
  return {
    isStillAt: (then: string | undefined) => then !== undefined && at.current === then,
    /** The address follows only later. */
    leave: () => {
      at.current = undefined;
    },
  };
}
