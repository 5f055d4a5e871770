import { places } from "./scenes";
import { test } from "./stage";

const sizes = [
  { name: "900 wide", size: { width: 900, height: 600 } },
  { name: "1600 wide", size: { width: 1600, height: 900 } },
  // What a window of 1280 by 832 is at 200 %.
  { name: "zoomed to 200 %", size: { width: 640, height: 416 } },
];
const looked = ["welcome", "no-feeds", "new-feed-pair", "account", "feed", "feed-internal", "project", "project-dependencies", "connect", "restore-running", "restore-failed", "restore-done", "palette", "help", "drop"];

for (const { name: label, size } of sizes)
  for (const { name, scene, go } of places.filter((place) => looked.includes(place.name)))
    test(`${name} fits, ${label}`, async ({ granary, page }) => {
      await page.setViewportSize(size);
      await granary.open(scene);
      await go?.(granary);
      await granary.picture(`${name}-${size.width}`);
      await granary.fits();
    });
