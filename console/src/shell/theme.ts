/** Light, dark or as the system says; remembered in this browser. */
import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark' | 'system';

const storageKey = 'coffer-theme';
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

export function applyRememberedTheme(): void {
  apply(remembered());
  systemIsDark.addEventListener('change', () => apply(remembered()));
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(remembered);
  useEffect(() => {
    localStorage.setItem(storageKey, theme);
    apply(theme);
  }, [theme]);
  return [theme, setTheme];
}

function remembered(): Theme {
  const theme = localStorage.getItem(storageKey);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function apply(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'system' && systemIsDark.matches);
  applyMode(dark ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}
