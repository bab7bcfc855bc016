import { useState } from 'react';
import { useLocation, useNavigate, useParams, type To } from 'react-router';
import { useStillAt } from './use-still-at.js';

/** In the state of a history entry: the one before it is what it was opened from. */
export const HAS_WAY_BACK = { hasWayBack: true } as const;

/** In place of an id: a drawer that makes a new record. */
export const NEW = 'new';

/** Closes what has an address: as Back does where it was opened from here, else by going to what is behind it. */
export function useWayBack() {
  const state = useLocation().state as unknown;
  const navigate = useNavigate();
  return (behind: To, entryState: unknown = state) => {
    if ((entryState as Partial<typeof HAS_WAY_BACK> | null)?.hasWayBack === true) void navigate(-1);
    else void navigate(behind, { replace: true });
  };
}

/**
 * The address of a drawer over a list: `/admin/rooms/:recordId`. It can be sent to a colleague, opened in a new tab and
 * reloaded, and Back closes what was opened from the list. Filters of the list stay in the address.
 */
function useDrawerAddress(list: string) {
  const { recordId } = useParams();
  const { search } = useLocation();
  const navigate = useNavigate();
  const goBack = useWayBack();
  const { isStillAt, leave } = useStillAt(recordId);
  const linkTo = (id: string) => ({ to: { pathname: `${list}/${id}`, search }, state: HAS_WAY_BACK });
  const open = (id: string) => {
    const { to, ...options } = linkTo(id);
    void navigate(to, options);
  };
  const close = () => {
    // A save may finish when its drawer is closed already, or the user is elsewhere.
    if (!isStillAt(recordId)) return;
    leave();
    goBack({ pathname: list, search });
  };
  return { recordId, linkTo, open, close };
}

/** A drawer that asks for its record itself. `id` stays while it slides away. */
export function useShownDrawer(list: string) {
  const { recordId, ...address } = useDrawerAddress(list);
  const [id, setId] = useState(recordId);
  if (recordId !== undefined && recordId !== id) setId(recordId);
  return { ...address, id, opened: recordId !== undefined };
}

interface Listed<Row> {
  list: string;
  /** Undefined until they are there. */
  rows: readonly Row[] | undefined;
  keyOf: (row: Row) => string;
}

/**
 * A drawer over one of the rows of a list. `subject` is the row as it is stored by now, or as it was when it was deleted
 * with the drawer open; null for a new one; undefined where there is no such row. It stays while the drawer slides away.
 */
export function useListedDrawer<Row>({ list, rows, keyOf }: Listed<Row>) {
  const { recordId, ...address } = useDrawerAddress(list);
  const [shown, setShown] = useState<{ id?: string; subject?: Row | null | undefined }>({});
  const found = rows?.find((row) => keyOf(row) === recordId);
  const isKnown = recordId === NEW || rows !== undefined;
  const subject = recordId === NEW ? null : (found ?? (shown.id === recordId ? shown.subject : undefined));
  if (recordId !== undefined && isKnown && (shown.id !== recordId || shown.subject !== subject))
    setShown({ id: recordId, subject });
  if (recordId === undefined && shown.id !== undefined) setShown({ subject: shown.subject });
  return { ...address, subject: shown.subject, opened: recordId !== undefined && isKnown };
}
