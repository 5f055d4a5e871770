import { places } from "./scenes";
import { test } from "./stage";

for (const { name, scene, go } of places)
  for (const scheme of ["light", "dark"] as const)
    test(`${name}, ${scheme}`, async ({ granary, page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await granary.open(scene);
      await go?.(granary);
      await granary.picture(`${name}-${scheme}`);
      await granary.fits();
      await granary.passesAxe();
    });
