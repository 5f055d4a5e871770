import type { SecretScheme, SettingValue } from "../api/project";
import type { ConfigLayer } from "../state/config-layers";

const inToml = (value: SettingValue | null): string => {
  if (value === null) return "";
  if (Array.isArray(value)) return `[${value.map(inToml).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([key, each]) => `${key} = ${inToml(each)}`).join(", ")} }`;
};
const schemes: Record<SecretScheme, string> = { basic: "Basic …", bearer: "Bearer …", none: "…" };

export const config = {
  title: "Config in force",
  leftmost: "leftmost square wins",
  none: "Nothing is set for this folder: cargo does as it does everywhere.",
  key: "Key",
  valueOf: "Value",
  layer: (layer: ConfigLayer): string => {
    const names = { variables: "env", project: "project", home: "home", folder: layer.folder };
    return names[layer.kind];
  },
  value: inToml,
  secret: (scheme: SecretScheme): string => `a token, ${schemes[scheme]}`,
  sets: "sets it",
  overridden: "overridden",
  wins: "wins",
  joined: "joined",
};
