import { useLayoutEffect, useState } from "preact/hooks";

/** What the reader chose; auto follows the system. */
export type Theme = "auto" | "light" | "dark";

const key = "lockstep.theme";

/** useTheme is the theme and how to change it; the choice is remembered where the browser allows. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, set] = useState<Theme>((document.documentElement.dataset.theme as Theme | undefined) ?? "auto");
  useLayoutEffect(() => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      if (theme === "auto") localStorage.removeItem(key);
      else localStorage.setItem(key, theme);
    } catch {
      // Not remembered, then.
    }
  }, [theme]);
  return [theme, set];
}
