import { useEffect, useState } from 'react';
import { formatDuration } from './format-time.js';

/** Time since `since` (ISO 8601), counting up each second. */
export function TickingDuration({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="tabular" role="timer">
      {formatDuration((now - Date.parse(since)) / 1000)}
    </span>
  );
}
