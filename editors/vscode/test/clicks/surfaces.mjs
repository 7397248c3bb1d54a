// Every surface in a dark theme, from the sample that needs no model: what a new user sees on the way that the README tells.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sitDown } from "../harness/user.mjs";

const workspace = mkdtempSync(join(tmpdir(), "first-"));
const user = await sitDown({
  name: "surfaces",
  settings: {
    "intaglio.server.path": process.env.INTAGLIO,
    "workbench.colorTheme": "Default Dark Modern",
    "security.workspace.trust.enabled": false,
  },
});
const { page, step, status, toast, palette } = user;

await user.run(
  async () => {
    await user.open(`folder=${workspace}`);

    await step("the-walkthrough", async () => {
      await page.locator(".explorer-folders-view").waitFor();
      await palette("Welcome: Open Walkthrough...");
      await user.pick("First Steps With Intaglio");
      await page
        .locator(".getting-started-step, .step-title", { hasText: "Break it, and restore it" })
        .first()
        .waitFor();
    });

    await step("the-sample", async () => {
      await palette("Intaglio: Open a Sample");
      await user.closeModal();
      await status("Intaglio: 1 stub");
      await user.lens("stub");
    });

    await step("compiled-by-its-lens", async () => {
      await user.clickLens(/^compile/, toast("Apply it to intaglio_sample.py?"));
    });

    await step("locked", async () => {
      await toast("Apply it to").getByRole("button", { name: "Apply" }).click();
      await status("Intaglio: 1 accepted");
      await user.save();
      await status("Intaglio: 1 locked");
      await user.lens("locked");
      if (!existsSync(join(workspace, ".intaglio", "locks", "intaglio_sample.py.toml")))
        throw new Error("no lock file");
    });

    await step("how-it-stands-on-hover", async () => {
      await page
        .locator(".view-line span", { hasText: /^decide$/ })
        .last()
        .hover();
      await page.locator(".monaco-hover", { hasText: "decide is locked" }).first().waitFor();
    });

    await step("a-server-that-runs-is-not-installed-again", async () => {
      await page.keyboard.press("Escape");
      await palette("Intaglio: Install the Server");
      await toast("server runs already").waitFor();
      await status("Intaglio: 1 locked");
      await toast("server runs already").getByRole("button", { name: "Open a Sample" }).click();
      await toast("server runs already").waitFor({ state: "detached" });
      await user.lens("locked");
    });

    await step("the-filter", async () => {
      await page.keyboard.press("Escape");
      await page.locator(".activitybar").getByRole("tab", { name: "Intaglio" }).click();
      await palette("Intaglio: Filter Specs by State");
      await page.locator(".quick-input-widget", { hasText: "show specs that are" }).waitFor();
    });

    await step("the-details", async () => {
      await page.keyboard.press("Escape");
      await page.locator(".pane-body .monaco-list-row", { hasText: "decide" }).first().click();
      await page.locator(".pane-body .monaco-list-row", { hasText: "accuracy" }).first().waitFor();
    });

    await step("the-test-explorer", async () => {
      await page.locator(".activitybar").getByRole("tab", { name: "Testing" }).click();
      const row = await user.runTests("intaglio_sample.py");
      await page.locator(".result-summary", { hasText: "5/5" }).waitFor();
      await row.dblclick();
    });
  },
  () => rmSync(workspace, { recursive: true, force: true }),
);
