import { useEffect, useEffectEvent, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useMe } from '../../api/queries.js';
import { adminGroups, staffItems } from './navigation-items.js';
import { openShortcutHelp } from './shortcut-help.js';

const SEQUENCE_MS = 1_200;

/** True where keys are text, or belong to an open dialog. */
function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null)
  );
}

/** `g` and a letter goes to a page, `/` to the page's search field, `?` shows them all. */
export function Shortcuts() {
  const navigate = useNavigate();
  const me = useMe();
  const startedAt = useRef(0);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return;
    const inSequence = event.timeStamp - startedAt.current < SEQUENCE_MS;
    startedAt.current = 0;
    if (inSequence) {
      const item = [...staffItems, ...adminGroups(me.role).flatMap(({ items }) => items)].find(
        (one) => one.key === event.key,
      );
      if (item !== undefined) void navigate(item.to);
    } else if (event.key === 'g') startedAt.current = event.timeStamp;
    else if (event.key === '?') openShortcutHelp();
    else if (event.key === '/') {
      const search = document.querySelector<HTMLInputElement>('main input[type="search"]');
      if (search === null) return;
      event.preventDefault();
      search.focus();
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  return null;
}
