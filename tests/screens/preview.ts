import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const ui = fileURLToPath(new URL("../../ui/", import.meta.url));

type Preview = { httpServer: { address: () => AddressInfo | string | null }; close: () => Promise<void> };
type Vite = { preview: (options: object) => Promise<Preview> };

/** Serves the built window, under its policy, on a port the system chooses. */
export default async function preview(): Promise<() => Promise<void>> {
  const { preview } = (await import(`${ui}node_modules/vite/dist/node/index.js`)) as Vite;
  const server = await preview({ root: ui, configFile: `${ui}vite.config.ts`, logLevel: "error", preview: { port: 0, host: "127.0.0.1" } });
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("the preview has no port");
  process.env["GRANARY_PREVIEW"] = `http://127.0.0.1:${address.port}/`;
  return () => server.close();
}
