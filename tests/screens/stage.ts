import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";

const stageScript = readFileSync(fileURLToPath(new URL("../../ui/node_modules/.stage/stage.js", import.meta.url)), "utf8");

/** A recording as it lies in the fixtures, for a scene that differs in a part of it. */
export const recorded = (command: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../fixtures/ipc/${command}.json`, import.meta.url)), "utf8"));

export type Answer = { args?: object; after?: string[]; ok?: unknown; error?: unknown; pending?: boolean; events?: unknown[]; steps?: unknown[] };
export type Scene = { asked?: string[]; instead?: { command: string; answers: Answer[] }[] };

type Steering = {
  send: (event: unknown) => void;
  refresh: (event: unknown) => void;
  settle: (command: string, answer: { ok?: unknown; error?: unknown }) => void;
  record: (recording: { command: string; answers: Answer[] }) => void;
  emit: (event: string, payload: unknown) => void;
  asked: { command: string; args: unknown }[];
};
declare global {
  interface Window {
    __granaryScene?: Scene;
    __granaryStage?: Steering;
    __granaryErrors?: string[];
    __violations?: string[];
  }
}

export const folder = "/home/mira/src/telemetry-relay";
export const gateway = "/home/mira/src/edge-gateway";
/** What was asked before, so that the window starts further on. */
export const withAccount = ["account_use_local"];
export const withFeeds = [...withAccount, "feed_create_pair"];
export const withProject = [...withFeeds, "project_open"];
export const withConnection = [...withProject, "change_apply"];
export const withCrates = [...withConnection, "run_start"];
/** Earlier runs are kept. */
export const withHistory = [...withConnection, "run_show"];
/** Signed in to contoso and tailspin, beside this computer. */
export const signedIn = [...withFeeds, "sign_in_finish"];

export class GranaryWindow {
  constructor(readonly page: Page) {}

  /** Opens the window on recorded answers. */
  async open(scene: Scene = {}): Promise<void> {
    await this.page.clock.setFixedTime("2026-11-22T14:05:00Z");
    await this.page.addInitScript((given) => {
      window.__granaryScene = given;
      window.__violations = [];
      document.addEventListener("securitypolicyviolation", (event) =>
        window.__violations?.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
      );
    }, scene);
    await this.page.addInitScript({ content: stageScript });
    await this.page.goto(process.env["GRANARY_PREVIEW"] ?? "");
    await this.page.locator("main").first().waitFor();
    await this.page.evaluate(() => document.fonts.ready);
  }

  async send(event: unknown): Promise<void> {
    await this.page.evaluate((each) => window.__granaryStage?.send(each), event);
  }
  /** Tells how far the refresh of a feed is. */
  async refresh(event: unknown): Promise<void> {
    await this.page.evaluate((each) => window.__granaryStage?.refresh(each), event);
  }
  /** Answers what was left pending. */
  async settle(command: string, answer: { ok?: unknown; error?: unknown }): Promise<void> {
    await this.page.evaluate(([name, given]) => window.__granaryStage?.settle(name, given), [command, answer] as const);
  }
  /** From now on this is answered. */
  async record(command: string, ...answers: Answer[]): Promise<void> {
    await this.page.evaluate((given) => window.__granaryStage?.record(given), { command, answers });
  }
  async emit(event: string, payload: unknown): Promise<void> {
    await this.page.evaluate(([name, given]) => window.__granaryStage?.emit(name as string, given), [event, payload] as const);
  }
  async asked(command: string): Promise<unknown[]> {
    return this.page.evaluate(
      (wanted) => (window.__granaryStage?.asked ?? []).filter((each) => each.command === wanted).map((each) => each.args),
      command,
    );
  }

  /** Nothing of axe's rules for WCAG 2.0 to 2.2, A and AA, is broken. */
  async passesAxe(): Promise<void> {
    await this.settled();
    const found = await new AxeBuilder({ page: this.page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .analyze();
    const told = found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`).join("\n")}`);
    expect(told).toEqual([]);
  }

  /** Fades are over. */
  async settled(): Promise<void> {
    await this.page.evaluate(async () => {
      const finite = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
      await Promise.allSettled(finite.map((each) => each.finished));
    });
  }

  /** Nothing lies outside the window, and no text is pushed out of it. */
  async fits(): Promise<void> {
    const outside = await this.page.evaluate(async () => {
      // The page hears of another size with a frame, and is drawn for it in the next.
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      await frame();
      await frame();
      const width = document.documentElement.clientWidth;
      const wide = document.documentElement.scrollWidth > width ? ["the page scrolls sideways"] : [];
      const scrolled = (node: Element): boolean => {
        for (let up = node.parentElement; up; up = up.parentElement)
          if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX) && up !== document.body) return true;
        return false;
      };
      const out = [...document.querySelectorAll("button, h1, h2, input, p, td, th, [role=row]")]
        .filter((node) => {
          const box = node.getBoundingClientRect();
          return box.width > 0 && (box.right > width + 1 || box.left < -1) && !scrolled(node);
        })
        .map((node) => `${node.tagName} "${node.textContent?.slice(0, 40)}"`);
      // A button may not be squeezed below its words, nor lie over another.
      // Under a sheet the page is out of reach, and covered on purpose.
      const top = document.querySelector("[role=dialog]") ?? document;
      const buttons = [...top.querySelectorAll("button")].filter(
        (node) => node.getBoundingClientRect().width > 0 && !node.closest("[role=grid], [data-testid=toast]"),
      );
      // What is scrolled out of sight lies over nothing.
      const seen = (node: Element) => {
        let { left, right, top: upper, bottom } = node.getBoundingClientRect();
        for (let up = node.parentElement; up; up = up.parentElement) {
          if (!/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflow)) continue;
          const frame = up.getBoundingClientRect();
          [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
          [upper, bottom] = [Math.max(upper, frame.top), Math.min(bottom, frame.bottom)];
        }
        return { left, right, top: upper, bottom };
      };
      const over = buttons.flatMap((one, at) =>
        buttons.slice(at + 1).filter((two) => {
          const a = seen(one);
          const b = seen(two);
          if (one.contains(two) || two.contains(one)) return false;
          return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
        }).map((two) => `"${one.textContent?.trim()}" lies over "${two.textContent?.trim()}"`),
      );
      return [...wide, ...out, ...over];
    });
    expect(outside).toEqual([]);
  }

  /** A picture to look at, only where one was asked for. */
  async picture(name: string): Promise<void> {
    const into = process.env["SCREENS_PICTURES"];
    if (!into) return;
    await this.settled();
    await this.page.screenshot({ path: `${into}/${name}.png`, animations: "disabled" });
  }
}

export const test = base.extend<{ granary: GranaryWindow }>({
  granary: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || /Content Security Policy/.test(message.text())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await use(new GranaryWindow(page));
    const seen = await page.evaluate(() => [...(window.__violations ?? []), ...(window.__granaryErrors ?? [])]);
    expect([...complaints, ...seen]).toEqual([]);
  },
});
export { expect };
