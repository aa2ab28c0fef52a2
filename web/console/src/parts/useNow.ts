import { useEffect, useState } from 'react';

/** The time, renewed while something on screen grows with it. */
export function useNow(isTicking: boolean, everyMilliseconds = 1_000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!isTicking) return;
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), everyMilliseconds);
    return () => clearInterval(timer);
  }, [isTicking, everyMilliseconds]);
  return now;
}
