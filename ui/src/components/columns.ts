/** One column of a grid. */
export type Column = {
  id: string;
  label: string;
  /** A grid track: `minmax(160px, 1fr)`, `88px`. */
  width: string;
  end?: boolean;
  sortable?: boolean;
  /** The list's width from which the column is there. */
  from?: number;
};
