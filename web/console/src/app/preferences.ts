import { useEffect, useState } from 'react';

const storageKey = 'meridian.theme';

export type ThemeChoice = 'light' | 'dark';

/** The reader's choice, or the system's until there is one. */
export function useThemeChoice(): [ThemeChoice, (choice: ThemeChoice) => void] {
  const [choice, setChoice] = useState<ThemeChoice | null>(readChoice);
  const [systemIsDark, setSystemIsDark] = useState(() => systemQuery().matches);

  useEffect(() => {
    const query = systemQuery();
    const changed = () => setSystemIsDark(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);

  const effective = choice ?? (systemIsDark ? 'dark' : 'light');
  useEffect(() => {
    document.documentElement.dataset['theme'] = effective;
    document.documentElement.style.colorScheme = effective;
  }, [effective]);

  return [
    effective,
    (next) => {
      localStorage.setItem(storageKey, next);
      setChoice(next);
    },
  ];
}

function readChoice(): ThemeChoice | null {
  const stored = localStorage.getItem(storageKey);
  return stored === 'light' || stored === 'dark' ? stored : null;
}

function systemQuery() {
  return window.matchMedia('(prefers-color-scheme: dark)');
}
