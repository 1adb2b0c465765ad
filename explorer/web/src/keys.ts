// Keys for the whole page. Pages that have neighbours mark the links to them with data-key; everything works without keys.

/** listenToKeys lets "/" go to the search field and the arrows to neighbours. */
export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    const target = event.target as HTMLElement;
    const typing = target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) target.blur();
    if (typing) return;
    if (event.key === "/") {
      event.preventDefault();
      const field = document.querySelector<HTMLInputElement>("#search");
      field?.focus();
      field?.select();
    }
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    // A table that scrolls sideways needs the arrows itself.
    if (target.matches(".scroll") && target.scrollWidth > target.clientWidth) return;
    const link = document.querySelector<HTMLElement>(`[data-key="${event.key}"]:not([aria-disabled="true"])`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
}
