import { places } from "./scenes";
import { test } from "./stage";

/** The smallest window, a large one, and what a window of 1280 by 832 is at 200 %. */
const sizes = [
  { width: 900, height: 600 },
  { width: 1600, height: 900 },
  { width: 640, height: 416 },
];

// A place is gone to once, and looked at in both colours and all sizes: the way there is what takes the time.
for (const { name, scene, go, fixed } of places)
  test(`${name}: light, dark, narrow, wide, at 200 %`, async ({ granary, page }) => {
    await granary.open(scene);
    await go?.(granary);
    await granary.fits();
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await granary.picture(`${name}-${scheme}`);
      await granary.passesAxe();
    }
    for (const size of fixed ? [] : sizes) {
      await page.setViewportSize(size);
      await granary.picture(`${name}-${size.width}`);
      await granary.fits();
    }
  });
