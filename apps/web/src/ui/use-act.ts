import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RouteName } from '@carillon/contracts';
import { keyOf } from '../api/query-keys.js';
import { notifyDone, notifyFailure } from './notify.js';

interface Act<Input, Answer> {
  run: (input: Input) => Promise<Answer>;
  /** Routes whose answers this makes stale. */
  stale?: readonly RouteName[];
  /** Said when it worked; absent where the page shows it anyway. */
  done?: string | ((answer: Answer, input: Input) => string);
  /** Also when the page is gone by then; what moves the user belongs to `mutate(input, { onSuccess })`. */
  onDone?: (answer: Answer, input: Input) => void;
  /** In place of the toast, e.g. beside the fields of a form. */
  onFailure?: (failure: Error) => void;
}

/** Something the user does: run it, refresh what it changed, tell how it went. */
export function useAct<Input = void, Answer = unknown>({
  run,
  stale = [],
  done,
  onDone,
  onFailure,
}: Act<Input, Answer>) {
  const queries = useQueryClient();
  return useMutation<Answer, Error, Input>({
    mutationFn: run,
    onSuccess: (answer, input) => {
      for (const route of stale) void queries.invalidateQueries({ queryKey: keyOf(route) });
      if (done !== undefined) notifyDone(typeof done === 'string' ? done : done(answer, input));
      onDone?.(answer, input);
    },
    onError: (failure) => (onFailure === undefined ? notifyFailure(failure) : onFailure(failure)),
  });
}
