import { commands, type View, type ViewChange, type ViewDraft, type Visibility } from "./bindings";
import { value } from "./transport";

export type { View, ViewChange, ViewDraft, Visibility };

export const listViews = (feed: string): Promise<View[]> => value(commands.viewList(feed));
export const createView = (feed: string, draft: ViewDraft): Promise<View[]> => value(commands.viewCreate(feed, draft));
export const updateView = (feed: string, id: string, change: ViewChange): Promise<View[]> =>
  value(commands.viewUpdate(feed, id, change));
export const deleteView = (feed: string, id: string): Promise<View[]> => value(commands.viewDelete(feed, id));
