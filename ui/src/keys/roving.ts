import type { Attachment } from "svelte/attachments";

const marked = "[data-roving]";

/** Makes the marked elements inside one tab stop: arrows, Home, End and letters move between them. */
export function roving(): Attachment<HTMLElement> {
  return (container) => {
    const rows = (): HTMLElement[] => [...container.querySelectorAll<HTMLElement>(marked)];

    const settle = (chosen?: HTMLElement): void => {
      const all = rows();
      const stop =
        chosen ?? all.find((row) => row.hasAttribute("aria-current")) ?? all.find((row) => row.tabIndex === 0) ?? all[0];
      for (const row of all) row.tabIndex = row === stop ? 0 : -1;
    };

    const move = (event: KeyboardEvent): void => {
      const all = rows();
      const at = all.findIndex((row) => row === document.activeElement);
      const next = at < 0 ? undefined : target(event, all, at);
      if (!next) return;
      event.preventDefault();
      settle(next);
      next.focus();
    };

    const focused = (event: FocusEvent): void => {
      const row = (event.target as HTMLElement).closest<HTMLElement>(marked);
      if (row) settle(row);
    };

    settle();
    const watch = new MutationObserver(() => settle(rows().find((row) => row === document.activeElement)));
    watch.observe(container, { childList: true, subtree: true, attributeFilter: ["aria-current"] });
    container.addEventListener("keydown", move);
    container.addEventListener("focusin", focused);
    return () => {
      watch.disconnect();
      container.removeEventListener("keydown", move);
      container.removeEventListener("focusin", focused);
    };
  };
}

function target(event: KeyboardEvent, all: HTMLElement[], at: number): HTMLElement | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  switch (event.key) {
    case "ArrowDown":
      return all[Math.min(at + 1, all.length - 1)];
    case "ArrowUp":
      return all[Math.max(at - 1, 0)];
    case "Home":
      return all[0];
    case "End":
      return all[all.length - 1];
  }
  if (event.key.length !== 1 || !/\p{L}|\p{N}/u.test(event.key)) return undefined;
  const letter = event.key.toLowerCase();
  const around = [...all.slice(at + 1), ...all.slice(0, at)];
  return around.find((row) => row.textContent.trim().toLowerCase().startsWith(letter));
}
