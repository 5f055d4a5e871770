/** Lets what scrolls be reached by keyboard. */
export function focusable(node: HTMLElement): void {
  node.tabIndex = 0;
}

/** Hears an event of an element whose keys are heard elsewhere. */
export function hears<K extends keyof HTMLElementEventMap>(kind: K, heard: (event: HTMLElementEventMap[K]) => void): (node: HTMLElement) => () => void {
  return (node) => {
    node.addEventListener(kind, heard);
    return () => node.removeEventListener(kind, heard);
  };
}
