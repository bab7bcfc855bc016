import { useCallback, useEffect, useState } from 'react';

/** Whole seconds left, counted down to 0, and the way to start it. */
export function useCountdown(): readonly [secondsLeft: number, start: (seconds: number) => void] {
  const [secondsLeft, setSecondsLeft] = useState(0);
  const running = secondsLeft > 0;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setSecondsLeft((left) => Math.max(0, left - 1)), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return [secondsLeft, useCallback((seconds: number) => setSecondsLeft(Math.ceil(seconds)), [])];
}
