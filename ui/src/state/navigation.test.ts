import { expect, test } from "vitest";
import { Navigation } from "./navigation.svelte";

test("back and forward", () => {
  const navigation = new Navigation();
  navigation.go({ at: "account", account: "local" });
  navigation.go({ at: "feed", feed: "local/main/upstream" });
  navigation.go({ at: "feed", feed: "local/main/upstream" });
  navigation.back();
  expect(navigation.place).toEqual({ at: "account", account: "local" });
  navigation.forward();
  expect(navigation.place.at).toBe("feed");
  navigation.back();
  navigation.go({ at: "runs" });
  expect(navigation.canGoForward).toBe(false);
});

test("a replaced place leaves no step behind", () => {
  const navigation = new Navigation();
  navigation.replace({ at: "runs" });
  expect(navigation.canGoBack).toBe(false);
});
