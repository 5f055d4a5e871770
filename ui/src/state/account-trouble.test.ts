import { expect, test } from "vitest";
import type { Account } from "../api/account";
import { IpcFailure } from "../api/transport";
import type { ErrorCode } from "../api/bindings";
import { troubleOf, type Trouble } from "./account-trouble";

const account = (kind: Account["kind"], refused = false): Account => ({
  id: "a",
  kind,
  title: "a",
  organization: "a",
  projects: [],
  url: "",
  user: null,
  how: null,
  keeping: null,
  state: refused ? { kind: "refused", at: "", answer: null } : { kind: "ready", until: null },
  isPreferred: true,
});

test("what stands in the way of an account", () => {
  const check = (kind: Account["kind"], code: ErrorCode | null, expected: Trouble, refused = false): void => {
    const failure = code && new IpcFailure({ code, message: "", hints: [], causes: [] });
    expect(troubleOf(account(kind, refused), failure)).toBe(expected);
  };
  check("services", null, null);
  check("services", null, "signIn", true);
  check("services", "notSignedIn", "signIn");
  check("services", "passphraseNeeded", "locked");
  check("services", "unreachable", "offline");
  check("local", "unreachable", null);
  check("services", "forbidden", null);
});
