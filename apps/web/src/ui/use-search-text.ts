import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useAddressFilter, withParameter } from './use-address-filter.js';

const SEARCH_DELAY_MS = 300;
/** As the server has it. */
export const SEARCH_LIMIT = 64;
const PARAMETER = 'search';

/** A text to search for: the address has it too, once somebody stops typing or leaves the field. */
export function useSearchText() {
  const { parameters, set } = useAddressFilter();
  const inAddress = (parameters.get(PARAMETER) ?? '').slice(0, SEARCH_LIMIT);
  const [text, setText] = useState(inAddress);
  const input = useRef<HTMLInputElement>(null);
  const [seen, setSeen] = useState(inAddress);
  const [written, setWritten] = useState(inAddress);
  if (inAddress !== seen) {
    setSeen(inAddress);
    // By a link or by going back, not from here.
    if (inAddress !== written) {
      setWritten(inAddress);
      setText(inAddress);
    }
  }
  const write = (next: string) => {
    if (next === inAddress) return;
    setWritten(next);
    set(PARAMETER, next);
  };
  const settle = useEffectEvent(() => write(text.trim()));
  useEffect(() => {
    const timer = setTimeout(settle, SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return {
    text,
    /** What the address has of it. */
    searched: inAddress,
    /** For links that lead back here: who follows one at once has typed more than the address has. */
    search: withParameter(parameters, PARAMETER, text.trim()).toString(),
    /** For the field. */
    field: { ref: input, value: text, onChange: setText, onBlur: () => write(text.trim()) },
    clear: () => {
      input.current?.focus();
      setText('');
      write('');
    },
  };
}
