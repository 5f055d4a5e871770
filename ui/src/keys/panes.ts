/** F6 and Shift F6: sidebar, list, detail, each entered at its one tab stop. */
const stops = '[tabindex="0"], button:not([tabindex="-1"]), input, a[href]';

export function stepPane(by: 1 | -1): void {
  // A pane that holds others is entered through them.
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => pane.offsetParent !== null && !pane.querySelector("[data-pane]"));
  if (panes.length === 0) return;
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(here + by + panes.length) % panes.length];
  if (!next) return;
  const entry = next.querySelector<HTMLElement>('[data-roving][tabindex="0"], [role="grid"]') ?? next.querySelector<HTMLElement>(stops);
  (entry ?? next).focus();
}

/** Moves to the tab beside the current one. */
export function stepTab(by: 1 | -1): void {
  // The page's own tabs come before those of a pane in it.
  const tabs = [...(document.querySelector('[role="tablist"]')?.querySelectorAll<HTMLElement>('[role="tab"]') ?? [])];
  const here = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  const next = tabs[(here + by + tabs.length) % tabs.length];
  next?.focus();
  next?.click();
}
