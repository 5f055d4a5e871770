import { expect, test } from "vitest";
import { ago, bytes, count, placeName, plural, seconds, sentence } from "./units";

test("sizes, times and counts", () => {
  expect([bytes(12), bytes(2_240_000), bytes(52_800), bytes(618_000), bytes(1_500_000_000)]).toEqual(["12 B", "2.2 MB", "52.8 kB", "618 kB", "1.5 GB"]);
  expect([seconds(0.084), seconds(1.91), seconds(72)]).toEqual(["84 ms", "1.9 s", "1 min 12 s"]);
  expect([count(100_003), plural(1, "crate", "crates"), plural(0, "crate", "crates")]).toEqual(["100,003", "1 crate", "0 crates"]);
});

test("ages up to 14 days, then the day", () => {
  const now = Date.parse("2026-11-22T14:00:00Z");
  const check = (iso: string, expected: string): void => expect(ago(iso, now)).toBe(expected);
  check("2026-11-22T13:59:30Z", "just now");
  check("2026-11-22T13:58:00Z", "2 min ago");
  check("2026-11-22T10:00:00Z", "4 h ago");
  check("2026-11-21T10:00:00Z", "yesterday");
  check("2026-11-10T10:00:00Z", "12 d ago");
  check("2026-11-03T12:00:00Z", "3 Nov");
  check("2025-11-03T12:00:00Z", "3 Nov 2025");
  check("nonsense", "");
});

test("the engine's words become sentences", () => {
  const check = (given: string, expected: string): void => expect(sentence(given)).toBe(expected);
  check("there is no keychain", "There is no keychain");
  check("cargo could not take `tokio`", "cargo could not take `tokio`");
  check("`contoso` does not answer", "`contoso` does not answer");
});

test("a feed is called by its name, and a registry by its host", () => {
  const check = (place: string, expected: string): void => expect(placeName(place)).toBe(expected);
  check("contoso/Fabrikam Fiber/upstream", "upstream");
  check("crates.io", "crates.io");
  check("sparse+https://crates.tailspin.test/index/", "crates.tailspin.test");
  check("sparse+https://mira:secret@crates.tailspin.test/index/", "crates.tailspin.test");
});
