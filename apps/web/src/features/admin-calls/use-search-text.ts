import { useEffect, useEffectEvent, useState } from 'react';

const SEARCH_DELAY_MS = 300;

/** A text to search for: the address has it too, once somebody stops typing. @param write into the address */
export function useSearchText(inAddress: string, write: (text: string) => void) {
  const [text, setText] = useState(inAddress);
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
  const settle = useEffectEvent(() => {
    if (text.trim() === inAddress) return;
    setWritten(text.trim());
    write(text.trim());
  });
  useEffect(() => {
    const timer = setTimeout(settle, SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, setText] as const;
}
