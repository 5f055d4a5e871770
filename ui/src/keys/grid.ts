/** Whether a key jumps to a name. */
export const isLetter = (event: KeyboardEvent): boolean =>
  !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key);

/** Where a key leads in a list of `length` rows from row `at`; null when it does not move. */
export function gridStep(
  event: KeyboardEvent,
  at: number,
  length: number,
  page: number,
  nameOf: (index: number) => string,
): number | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const within = (index: number): number => Math.max(0, Math.min(length - 1, index));
  switch (event.key) {
    case "ArrowDown":
      return within(at + 1);
    case "ArrowUp":
      return within(at - 1);
    case "Home":
      return 0;
    case "End":
      return length - 1;
    case "PageDown":
      return within(at + page);
    case "PageUp":
      return within(at - page);
  }
  if (!isLetter(event)) return null;
  const letter = event.key.toLowerCase();
  for (let step = 1; step <= length; step++) {
    const index = (Math.max(at, -1) + step) % length;
    if (nameOf(index).toLowerCase().startsWith(letter)) return index;
  }
  return null;
}
