// The pictures of the README and the docs, taken on a user's way from a mistake to a lock: into media/screenshots, where nothing else writes.
// `run-tests pictures` starts it. They are made smaller by pngquant where that is installed.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startModel } from "../harness/model.mjs";
import { extension, sitDown } from "../harness/user.mjs";
import { makeWorkspace, RIGHT, WRONG } from "../harness/workspace.mjs";

const temporary = mkdtempSync(join(tmpdir(), "pictures-"));
const folder = join(temporary, "claims"); // the name that the explorer shows
mkdirSync(folder);
makeWorkspace(folder);
const model = await startModel([WRONG, RIGHT]);
const user = await sitDown({
  name: "pictures",
  settings: {
    ...model.settings,
    "security.workspace.trust.enabled": false,
    "editor.cursorBlinking": "solid",
    "editor.scrollBeyondLastLine": false,
  },
  environment: { OPENAI_API_KEY: "none", GIT_AUTHOR_NAME: "Ann Example", GIT_AUTHOR_EMAIL: "ann@example.org" },
  size: { width: 1080, height: 620 },
});
const { page, step, status, toast, lens, openFile, palette, goTo } = user;
const HEADER = 12;
const sideBar = async (shown) => {
  const visible = await page.locator(".part.sidebar").isVisible();
  if (visible === shown) return;
  await page.keyboard.press("Control+b");
  await page.locator(".part.sidebar").waitFor({ state: shown ? "visible" : "hidden" });
};

/** Put a digit in the place of the one that the body multiplies by. */
async function putDigit(digit) {
  const lines = readFileSync(join(folder, "fees.py"), "utf8").split("\n");
  const line = lines.findIndex((text) => text.includes("return min"));
  await goTo(line + 1, lines[line].search(/\d \* weeks/) + 1);
  await page.keyboard.press("Delete");
  await page.keyboard.type(digit);
}

function smaller(png) {
  try {
    return execFileSync("pngquant", ["--speed", "1", "--strip", "--quality", "80-100", "128", "-"], { input: png });
  } catch (error) {
    if (error.code === "ENOENT") return png;
    throw error;
  }
}

/** Take the picture `name` once nothing moves any more but what turns while work goes on. */
async function take(name) {
  let before = Buffer.alloc(0);
  let now = await page.screenshot();
  for (let tries = 0; tries < 10 && !now.equals(before); tries++) {
    before = now;
    await new Promise((settle) => setTimeout(settle, 300));
    now = await page.screenshot();
  }
  writeFileSync(join(extension, "media", "screenshots", `${name}.png`), smaller(now));
}

await user.run(
  async () => {
    await user.open(`folder=${folder}`);

    await step("mistake", async () => {
      await openFile("mistakes.py");
      await sideBar(false);
      await page.locator(".squiggly-warning, .squiggly-error").first().waitFor();
      await lens("invalid");
      await goTo(4, 5);
      await user.lightbulb("example");
      await take("mistake");
      await page.keyboard.press("Escape");
    });

    await step("writing", async () => {
      await sideBar(true);
      await openFile("fees.py");
      await page.locator(".tab", { hasText: "mistakes.py" }).click({ button: "middle" });
      await sideBar(false);
      await status("Intaglio: 1 stub");
      await goTo(HEADER, 6);
      await palette("Intaglio: Compile This Function");
      await toast("attempt 1 of 3").waitFor();
      await user.ghost("return min(amount");
      await take("writing");
    });

    await step("attempt", async () => {
      await model.release();
      await toast("attempt 2 of 3").waitFor();
      await user.ghost("line 2: return min(amount");
      await take("attempt");
    });

    await step("offer", async () => {
      await model.release();
      await toast("Apply it to fees.py?").waitFor();
      await page.locator(".diff-editor, .monaco-diff-editor").first().waitFor();
      await take("offer");
    });

    await step("locked", async () => {
      await toast("Apply it to fees.py?").getByRole("button", { name: "Apply" }).click();
      await status("Intaglio: 1 accepted");
      await user.save();
      await status("Intaglio: 1 locked");
      await lens("locked");
      await page.mouse.move(700, 500);
      await take("locked");
    });

    await step("drifted", async () => {
      await putDigit("3");
      await user.save();
      await status("Intaglio: 1 drifted");
      await lens("drifted");
      await take("drifted");
    });

    await step("specs", async () => {
      await putDigit("2");
      await user.save();
      await status("Intaglio: 1 locked");
      await page.locator(".activitybar").getByRole("tab", { name: "Intaglio" }).click();
      await page
        .locator(".pane-body .monaco-list-row", { hasText: "fee" })
        .filter({ hasText: "locked" })
        .first()
        .click();
      await page.locator(".pane-body .monaco-list-row", { hasText: "accuracy" }).first().waitFor();
      await page.mouse.move(700, 500);
      await take("specs");
    });

    await step("tests", async () => {
      await page.locator(".activitybar").getByRole("tab", { name: "Testing" }).click();
      const row = await user.runTests("fees.py");
      await page.locator(".result-summary", { hasText: "5/5" }).waitFor();
      await row.click();
      await page.keyboard.press("ArrowRight");
      await page.locator(".test-explorer-tree .monaco-list-row", { hasText: "fee" }).nth(1).click();
      await page.keyboard.press("ArrowRight");
      await page.locator(".test-explorer-tree .monaco-list-row", { hasText: "accuracy" }).first().waitFor();
      await page.mouse.move(700, 500);
      await take("tests");
    });

    await step("hover", async () => {
      await sideBar(false);
      await palette("View: Toggle Panel Visibility");
      user.set({ "workbench.colorTheme": "Default Dark Modern" });
      await page.locator(".monaco-workbench.vs-dark").waitFor();
      await page.locator(".view-line span", { hasText: /^fee$/ }).last().hover();
      await page.locator(".monaco-hover", { hasText: "fee is locked" }).first().waitFor();
      await take("hover");
    });
  },
  model.stop,
  () => rmSync(temporary, { recursive: true, force: true }),
);
