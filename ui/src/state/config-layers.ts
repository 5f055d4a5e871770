import type { Project, Setting, SettingOrigin } from "../api/project";

/** A place that sets values: the environment, or one folder's config. */
export type ConfigLayer = { id: string; kind: "variables" | "project" | "folder" | "home"; folder: string };

const configFile = /[\\/](\.cargo[\\/])?config(\.toml)?$/;

export const layerOf = (origin: SettingOrigin): ConfigLayer => {
  if (origin.kind === "variable") return { id: "variables", kind: "variables", folder: "" };
  const folder = origin.display.replace(configFile, "");
  if (origin.place === "repository") return { id: "project", kind: "project", folder };
  return { id: origin.path, kind: isHome(origin.display) ? "home" : "folder", folder };
};

const isHome = (display: string): boolean => /^~[\\/]\.cargo[\\/]/.test(display);

/** The user's own config, which holds for all projects; none where there is no such file. */
export const homeConfig = (project: Project): string | null =>
  project.configFiles.find((file) => file.includedBy === null && isHome(file.display))?.path ?? null;

const rank = { variables: 0, project: 1, folder: 2, home: 3 };

/** Every place that sets one of these, the one that wins first; of two folders, the nearer. */
export function layersOf(settings: Setting[], nearestFirst: string[]): ConfigLayer[] {
  const origins = settings.flatMap((each) => originsOf(each).concat(each.overrides.map((other) => other.origin)));
  const layers = origins.map(layerOf).filter((layer, at, all) => all.findIndex((each) => each.id === layer.id) === at);
  const near = (layer: ConfigLayer): number => nearestFirst.indexOf(layer.id);
  return layers.sort((one, other) => rank[one.kind] - rank[other.kind] || near(one) - near(other));
}

/** What set a value, or the parts of one that was joined. */
export function originsOf(setting: Setting): SettingOrigin[] {
  const all = [setting.origin, ...setting.elements];
  return all.filter((origin, at) => all.findIndex((each) => placeOf(each) === placeOf(origin)) === at);
}

/** Where a value is set, as one would look for it. */
export const placeOf = (origin: SettingOrigin): string => (origin.kind === "variable" ? origin.name : `${origin.display}:${origin.line}`);

/** What a layer has to do with a setting. */
export function standing(setting: Setting, layer: ConfigLayer): "sets" | "overridden" | null {
  const isHere = (origin: SettingOrigin): boolean => layerOf(origin).id === layer.id;
  if (originsOf(setting).some(isHere)) return "sets";
  return setting.overrides.some((each) => isHere(each.origin)) ? "overridden" : null;
}
