/** Every sentence of the window, by noun. `**bold**` and `` `code` `` are drawn by `Rich`. */
export * from "./account";
export * from "./app";
export * from "./change";
export * from "./check";
export * from "./config";
export * from "./crate";
export * from "./dependencies";
export * from "./diagnosis";
export * from "./feed";
export * from "./feed-tabs";
export * from "./new-feed";
export * from "./people";
export * from "./project";
export * from "./report";
export * from "./runs";
export * from "./sign-in";
export * from "./timeline";
