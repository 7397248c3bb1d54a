// A user's clicks in the real workbench, from opening an untrusted folder to restoring a drifted body; a screenshot at each step in
// test/screenshots. The model is scripted, over real HTTP. Waits for what a user would see, never for a time.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { openBrowser, startServer } from "../harness/workbench.mjs";
import { makeWorkspace, RIGHT, WRONG } from "../harness/workspace.mjs";

const extension = resolve(import.meta.dirname, "..", "..");
const repository = resolve(extension, "..", "..");
const workspace = makeWorkspace(mkdtempSync(join(tmpdir(), "claims-")));
const PATIENCE = 30_000;

/** The scripted model server, and what it is told and asked. */
function startModel() {
  const child = spawn(
    join(repository, ".venv", "bin", "python"),
    [join(import.meta.dirname, "model_server.py"), JSON.stringify([WRONG, RIGHT])],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  const say = (word) => {
    child.stdin.write(`${word}\n`);
    return next();
  };
  return {
    base: next(),
    release: () => say("release"),
    requests: async () => Number(await say("count")),
    stop: () => child.kill(),
  };
}

const model = startModel();
const server = await startServer({
  vsix: join(extension, "dist", "intaglio.vsix"),
  settings: {
    "intaglio.server.path": process.env.INTAGLIO,
    "intaglio.model": "openai/scripted",
    "intaglio.api-base": await model.base,
    "intaglio.max-tokens": 100000,
    "intaglio.candidates": 1,
    "editor.minimap.enabled": false,
    "breadcrumbs.enabled": false,
    "workbench.layoutControl.enabled": false,
    "window.commandCenter": false,
  },
  environment: { OPENAI_API_KEY: "none" },
});
const { browser, page } = await openBrowser({ width: 1180, height: 720 });
page.setDefaultTimeout(PATIENCE);

let number = 0;
const started = Date.now();
async function step(name, act) {
  const begun = Date.now();
  await act();
  number += 1;
  await page.screenshot({
    path: join(extension, "test", "screenshots", `${String(number).padStart(2, "0")}-${name}.png`),
  });
  console.log(`ok      ${name} (${Date.now() - begun} ms)`);
}

const text = (file) => readFileSync(join(workspace, file), "utf8");
const lock = join(workspace, ".intaglio", "locks", "fees.py.toml");
const status = (words) => page.locator(".statusbar-item", { hasText: words }).first().waitFor();
const toast = (words) => page.locator(".notification-toast", { hasText: words });
/** The lens above a function says it too: every surface is drawn from one state. */
const lens = (words) => page.locator(".codelens-decoration", { hasText: words }).first().waitFor();
const openFile = (name) => page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).dblclick();

async function palette(command) {
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget input.input").fill(`>${command}`);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: command }).first().waitFor();
  await page.keyboard.press("Enter");
}

async function goTo(line, column = 1) {
  await page.keyboard.press("Control+1"); // focus the editor
  await page.keyboard.press("Control+g");
  await page.locator(".quick-input-widget input.input").fill(`:${line}:${column}`);
  await page.keyboard.press("Enter");
}

/** Open the light bulb's menu at the cursor and wait for what it offers; the row. */
async function lightbulb(words) {
  const row = page.locator(".action-widget .monaco-list-row", { hasText: words }).first();
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    await page.keyboard.press("Control+.");
    const shown = await row.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (shown) return row;
    await page.keyboard.press("Escape");
  }
  throw new Error(`the light bulb does not offer "${words}"`);
}

/** By the keyboard: the menu is covered by a layer that takes the mouse's events. */
async function choose(row) {
  const focused = () => row.evaluate((element) => element.classList.contains("focused"));
  for (let tries = 0; tries < 20 && !(await focused()); tries++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}

let failure;
try {
  await page.goto(`${server.origin}/?folder=${workspace}`);

  await step("restricted-mode-runs-nothing", async () => {
    await page.getByRole("button", { name: /No, I don't trust/ }).click();
    await openFile("fees.py");
    await status("1 stub (restricted)");
    await goTo(14);
    await palette("Intaglio: Compile This Function");
    await toast("asks no model and runs nothing").waitFor();
    if ((await model.requests()) !== 0) throw new Error("a model was asked in restricted mode");
    if (existsSync(join(workspace, ".intaglio"))) throw new Error("something was written in restricted mode");
  });

  await step("trusted", async () => {
    await toast("asks no model").getByRole("button", { name: "Manage Trust" }).click();
    await page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
    await page.locator(".tab", { hasText: "fees.py" }).click();
    await page.locator(".statusbar-item", { hasText: "(restricted)" }).waitFor({ state: "detached" });
    await status("Intaglio: 1 stub");
  });

  await step("a-mistake-is-underlined-and-fixed", async () => {
    await openFile("mistakes.py");
    await page.locator(".squiggly-warning, .squiggly-error").first().waitFor();
    await goTo(4, 5);
    await lightbulb("example");
  });

  let compiling;
  await step("compile-from-the-light-bulb", async () => {
    await page.keyboard.press("Escape");
    await openFile("fees.py");
    await status("Intaglio: 1 stub");
    await goTo(12, 6);
    compiling = await lightbulb("Compile");
  });

  await step("the-body-as-it-comes", async () => {
    await choose(compiling);
    await toast("attempt 1 of 3").waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".view-line span")].some((span) =>
        getComputedStyle(span, "::after").content.includes("return min(amount"),
      ),
    );
  });

  await step("a-first-answer-fails-the-second-is-held", async () => {
    await model.release();
    await toast("attempt 2 of 3").waitFor();
  });

  await step("the-offer", async () => {
    await model.release();
    await toast("Apply it to fees.py?").waitFor();
    await page.locator(".diff-editor, .monaco-diff-editor").first().waitFor();
    if (text("fees.py").includes("return")) throw new Error("the file was changed before anyone agreed");
  });

  await step("applied-not-saved", async () => {
    await toast("Apply it to fees.py?").getByRole("button", { name: "Apply" }).click();
    await page.locator(".view-line", { hasText: "weeks = (days + 6) // 7" }).waitFor();
    await status("1 to be locked on save");
    await page.locator(".codelens-decoration", { hasText: "validating" }).waitFor({ state: "detached" });
    if (existsSync(lock)) throw new Error("a lock before the save");
  });

  await step("saved-and-locked", async () => {
    await page.keyboard.press("Control+1"); // focus the editor
    await page.keyboard.press("Control+s");
    await status("Intaglio: 1 locked");
    await lens("locked");
    if (!existsSync(lock)) throw new Error("no lock file");
  });

  await step("broken-by-hand-is-drifted", async () => {
    await page.locator(".view-line", { hasText: "return min" }).click();
    await page.keyboard.press("Home");
    await page.keyboard.type("# never more than the amount\n    amount = abs(amount)\n    ".replace(/\n {4}/g, "\n"));
    await page.keyboard.press("Control+s");
    await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
    await status("Intaglio: 1 drifted");
    await lens("drifted");
    if (!text("fees.py").includes("abs(amount)")) throw new Error("the edit was not saved");
  });

  await step("restored", async () => {
    await goTo(12, 6);
    await choose(await lightbulb("Restore"));
    await toast("Apply it to fees.py?").getByRole("button", { name: "Apply" }).click();
    await status("Intaglio: 1 locked");
    await lens("locked");
    await page.keyboard.press("Control+1"); // focus the editor
    await page.keyboard.press("Control+s");
    await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
    if (text("fees.py").includes("abs(amount)")) throw new Error("the file still has the edit");
  });

  await step("all-specs-and-one-in-detail", async () => {
    await page.locator(".activitybar").getByRole("tab", { name: "Intaglio" }).click();
    await page.locator(".pane-body .monaco-list-row", { hasText: "decide" }).first().waitFor();
    await page.locator(".pane-body .monaco-list-row", { hasText: "fee" }).filter({ hasText: "locked" }).first().click();
    await page.locator(".pane-body .monaco-list-row", { hasText: "accuracy" }).first().waitFor();
  });

  await step("the-test-explorer", async () => {
    await page.locator(".activitybar").getByRole("tab", { name: "Testing" }).click();
    const row = page.locator(".test-explorer-tree .monaco-list-row", { hasText: "fees.py" }).first();
    await row.hover();
    await row.getByRole("button", { name: /Run Test/ }).click();
    await page.locator(".result-summary", { hasText: "5/5" }).waitFor();
  });

  await step("the-walkthrough", async () => {
    await palette("Welcome: Open Walkthrough...");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "First Steps With Intaglio" }).first().click();
    await page.locator(".getting-started-step, .step-title", { hasText: "The server" }).first().waitFor();
  });
  console.log(`${number} steps in ${Math.round((Date.now() - started) / 1000)} s`);
} catch (error) {
  failure = error;
  await page.screenshot({ path: join(extension, "test", "screenshots", "clicks-failed.png") });
  console.error(`FAILED  after step ${number}: ${error.message}`);
} finally {
  await browser.close();
  server.stop();
  model.stop();
  rmSync(workspace, { recursive: true, force: true });
}
console.log(`${number} passed, ${failure === undefined ? 0 : 1} failed`);
process.exit(failure === undefined ? 0 : 1);
