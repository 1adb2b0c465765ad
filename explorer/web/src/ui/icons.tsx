import type { ComponentChildren, JSX } from "preact";

// Icons are drawn on a 24-unit grid with one stroke width; they are decoration, and names stand beside them or in a label.

function Icon({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

export const SearchIcon = () => <Icon><circle cx="11" cy="11" r="7" /><path d="m20 20-4-4" /></Icon>;
export const CopyIcon = () => <Icon><rect x="8" y="8" width="12" height="12" rx="2" /><path d="M16 4H6a2 2 0 0 0-2 2v10" /></Icon>;
export const CheckIcon = () => <Icon><path d="m5 13 4.5 4.5L19 7" /></Icon>;
export const CrossIcon = () => <Icon><path d="m6 6 12 12M18 6 6 18" /></Icon>;
export const SunIcon = () => <Icon><circle cx="12" cy="12" r="4" /><path d="M12 2v3M12 19v3M2 12h3M19 12h3M4.9 4.9 7 7M17 17l2.1 2.1M4.9 19.1 7 17M17 7l2.1-2.1" /></Icon>;
export const MoonIcon = () => <Icon><path d="M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5Z" /></Icon>;
export const AutoIcon = () => <Icon><circle cx="12" cy="12" r="8.5" /><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17Z" fill="currentColor" stroke="none" /></Icon>;
export const PauseIcon = () => <Icon><path d="M9 5v14M15 5v14" /></Icon>;
export const PlayIcon = () => <Icon><path d="M8 5v14l11-7z" /></Icon>;
export const WarnIcon = () => <Icon><path d="M12 4 2.5 20h19ZM12 10v4M12 17h.01" /></Icon>;

/** Logo: lanes, and a bundle across them. */
export const Logo = () => (
  <svg viewBox="0 0 32 32" fill="none" stroke-linecap="round" aria-hidden="true">
    <path d="M3 8h26M3 16h26M3 24h26" stroke="var(--line-strong)" stroke-width="2.4" />
    <path d="M12 8c10.500 2 10.500 14 0 16" stroke="var(--accent)" stroke-width="2.6" />
    <circle cx="12" cy="8" r="3.6" fill="var(--attested)" />
    <circle cx="12" cy="24" r="3.6" fill="var(--attested)" />
  </svg>
);
