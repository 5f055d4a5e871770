import { expect, test } from "vitest";
import { compareVersions } from "./versions";

test("versions compare by number, pre-releases first", () => {
  const sorted = ["1.10.0", "1.2.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0+meta"].sort(compareVersions);
  expect(sorted).toEqual(["1.2.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0", "1.10.0+meta"]);
});
