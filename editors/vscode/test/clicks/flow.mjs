// A user's clicks in the real workbench, from opening an untrusted folder to restoring a drifted body. The model is scripted, over real HTTP.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startModel } from "../harness/model.mjs";
import { sitDown } from "../harness/user.mjs";
import { makeWorkspace, RIGHT, WRONG } from "../harness/workspace.mjs";

const workspace = makeWorkspace(mkdtempSync(join(tmpdir(), "claims-")));
const model = await startModel([WRONG, RIGHT]);
const user = await sitDown({
  name: "flow",
  settings: model.settings,
  environment: { OPENAI_API_KEY: "none" },
});
const { page, step, status, toast, lens, openFile, palette, goTo, lightbulb, choose } = user;
const text = (file) => readFileSync(join(workspace, file), "utf8");
/** The Test Explorer's mark beside the function. */
const passed = page.locator(".glyph-margin-widgets [class*=testing-passed-icon]").first();
const lock = join(workspace, ".intaglio", "locks", "fees.py.toml");

await user.run(
  async () => {
    await user.open(`folder=${workspace}`);

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

    const trust = page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true });
    await step("the-trust-editor", async () => {
      await toast("asks no model").getByRole("button", { name: "Manage Trust" }).click();
      await trust.waitFor();
    });

    await step("trusted", async () => {
      await trust.click();
      await user.closeModal();
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
      await user.ghost("return min(amount");
    });

    await step("a-first-answer-fails-the-second-is-held", async () => {
      await model.release();
      await toast("attempt 2 of 3").waitFor();
    });

    await step("the-offer", async () => {
      await model.release();
      await toast("Apply it to fees.py?").waitFor();
      await page.locator(".diff-editor, .monaco-diff-editor").first().waitFor();
      await status("Intaglio: 1 stub"); // of the file that is compared
      if (text("fees.py").includes("return")) throw new Error("the file was changed before anyone agreed");
    });

    await step("applied-not-saved", async () => {
      await toast("Apply it to fees.py?").getByRole("button", { name: "Apply" }).click();
      await page.locator(".view-line", { hasText: "weeks = (days + 6) // 7" }).waitFor();
      await status("Intaglio: 1 accepted");
      await user.lens("accepted: its lock is written when you save");
      await page.locator(".codelens-decoration", { hasText: "validating" }).waitFor({ state: "detached" });
      if (existsSync(lock)) throw new Error("a lock before the save");
    });

    await step("saved-and-locked", async () => {
      await user.save();
      await status("Intaglio: 1 locked");
      await lens("locked");
      await passed.waitFor();
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
      await passed.waitFor({ state: "detached" });
      if (!text("fees.py").includes("abs(amount)")) throw new Error("the edit was not saved");
    });

    await step("restored", async () => {
      await goTo(12, 6);
      await choose(await lightbulb("Restore"));
      await toast("Apply it to fees.py?").getByRole("button", { name: "Apply" }).click();
      await status("Intaglio: 1 locked");
      await lens("locked");
      await user.save();
      await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
      if (text("fees.py").includes("abs(amount)")) throw new Error("the file still has the edit");
    });

    await step("all-specs-and-one-in-detail", async () => {
      await page.locator(".activitybar").getByRole("tab", { name: "Intaglio" }).click();
      await page.locator(".pane-body .monaco-list-row", { hasText: "decide" }).first().waitFor();
      await page
        .locator(".pane-body .monaco-list-row", { hasText: "fee" })
        .filter({ hasText: "locked" })
        .first()
        .click();
      await page.locator(".pane-body .monaco-list-row", { hasText: "accuracy" }).first().waitFor();
    });

    await step("the-test-explorer", async () => {
      await page.locator(".activitybar").getByRole("tab", { name: "Testing" }).click();
      await user.runTests("fees.py");
      await page.locator(".result-summary", { hasText: "5/5" }).waitFor();
    });

    await step("the-walkthrough", async () => {
      await palette("Welcome: Open Walkthrough...");
      await page
        .locator(".quick-input-list .monaco-list-row", { hasText: "First Steps With Intaglio" })
        .first()
        .click();
      await page.locator(".getting-started-step, .step-title", { hasText: "The server" }).first().waitFor();
    });
  },
  model.stop,
  () => rmSync(workspace, { recursive: true, force: true }),
);
