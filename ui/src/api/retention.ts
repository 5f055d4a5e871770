import { commands, type Retention, type RetentionPreview } from "./bindings";
import { value } from "./transport";

export type { Retention, RetentionPreview };

export const showRetention = (feed: string): Promise<Retention | null> => value(commands.retentionShow(feed));
export const setRetention = (feed: string, retention: Retention | null): Promise<Retention | null> =>
  value(commands.retentionSet(feed, retention));
export const previewRetention = (feed: string, retention: Retention): Promise<RetentionPreview> =>
  value(commands.retentionPreview(feed, retention));
