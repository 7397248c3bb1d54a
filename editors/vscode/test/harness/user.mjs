// What a user does in the workbench: looks, clicks, types; a screenshot after each step in test/screenshots. Waits for what a user would see.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { openBrowser, startServer } from "./workbench.mjs";

export const extension = resolve(import.meta.dirname, "..", "..");
export const repository = resolve(extension, "..", "..");
const PATIENCE = 60_000;

/** Wait for something that no screen shows. */
export async function until(what, look, patience = PATIENCE) {
  const end = Date.now() + patience;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((settle) => setTimeout(settle, 25));
  }
}

/**
 * Install the package into a fresh workbench and sit down in front of it. `name` stands before the screenshots' names; `patience` is how
 * long a user would wait for any one thing, in milliseconds; `size` is the window's, in pixels.
 */
export async function sitDown({
  name,
  settings = {},
  environment = {},
  extensions = [],
  patience = PATIENCE,
  size = { width: 1180, height: 720 },
}) {
  const server = await startServer({
    extensions: [join(extension, "dist", "intaglio.vsix"), ...extensions],
    settings: {
      "editor.minimap.enabled": false,
      "breadcrumbs.enabled": false,
      "workbench.layoutControl.enabled": false,
      "window.commandCenter": false,
      ...settings,
    },
    environment,
  });
  const { browser, page } = await openBrowser(size);
  page.setDefaultTimeout(patience);
  /** What the workbench says of commands that are gone: a click that did nothing, though the next one did. */
  const lost = [];
  page.on("console", (message) => {
    if (message.text().includes("command not found")) lost.push(message.text());
  });
  const screenshots = join(extension, "test", "screenshots");
  mkdirSync(screenshots, { recursive: true });
  const started = Date.now();
  let number = 0;
  const picture = (words) => page.screenshot({ path: join(screenshots, `${name}-${words}.png`) });

  const user = {
    page,
    server,
    status: (words) => page.locator(".statusbar-item", { hasText: words }).first().waitFor(),
    toast: (words) => page.locator(".notification-toast", { hasText: words }),
    /** A line of lenses that begins so: the first of them is the state. */
    lens: (words) =>
      page
        .locator(".codelens-decoration", { hasText: new RegExp(`^${words}`) })
        .first()
        .waitFor(),
    /** Click a lens until what it does is seen: one that is drawn anew under the mouse takes no click. */
    async clickLens(words, done) {
      for (let tries = 1; ; tries++) {
        await page.locator(".codelens-decoration a", { hasText: words }).first().click();
        const seen = await done.waitFor({ timeout: tries < 3 ? patience / 3 : patience }).then(
          () => true,
          (error) => {
            if (tries === 3) throw error;
            return false;
          },
        );
        if (seen) return;
      }
    },
    /** Run a file's tests by its row in the Test Explorer; the row. */
    async runTests(file) {
      const row = page.locator(".test-explorer-tree .monaco-list-row", { hasText: file }).first();
      await row.hover();
      await row.getByRole("button", { name: /Run Test/ }).click();
      return row;
    },
    openFile: (file) => page.locator(".explorer-folders-view .monaco-list-row", { hasText: file }).dblclick(),

    async open(query) {
      await page.goto(`${server.origin}/?${query}`);
    },

    async step(words, act) {
      const begun = Date.now();
      await act();
      number += 1;
      await picture(`${String(number).padStart(2, "0")}-${words}`);
      console.log(`ok      ${words} (${Date.now() - begun} ms)`);
    },

    /** Newer editors show some of their pages over everything else; there may be one. */
    async closeModal() {
      const modal = page.locator(".monaco-modal-editor-block");
      if ((await modal.count()) === 0) return;
      await modal
        .getByRole("button", { name: /^Close/ })
        .first()
        .click();
      await modal.waitFor({ state: "detached" });
    },

    /** Choose in the quick pick that is open the entry that has `words`. */
    async pick(words) {
      await page.locator(".quick-input-widget input.input").fill(words);
      await page.locator(".quick-input-list .monaco-list-row", { hasText: words }).first().waitFor();
      await page.keyboard.press("Enter");
    },

    async palette(command) {
      await page.keyboard.press("F1");
      await page.locator(".quick-input-widget input.input").fill(`>${command}`);
      await page.locator(".quick-input-list .monaco-list-row", { hasText: command }).first().waitFor();
      await page.keyboard.press("Enter");
    },

    /** Type into the input box whose title is `title`, and confirm. */
    async answer(title, text) {
      await page.locator(".quick-input-widget", { hasText: title }).waitFor();
      await page.locator(".quick-input-widget input.input").fill(text);
      await page.keyboard.press("Enter");
    },

    /** Change settings as they lie on the disk. */
    set: (changed) => server.set(changed),

    async goTo(line, column = 1) {
      await page.keyboard.press("Control+1"); // focus the editor
      await page.keyboard.press("Control+g");
      await page.locator(".quick-input-widget input.input").fill(`:${line}:${column}`);
      await page.keyboard.press("Enter");
    },

    async save() {
      await page.keyboard.press("Control+1"); // focus the editor
      await page.keyboard.press("Control+s");
    },

    /** Open the light bulb's menu at the cursor and wait for what it offers; the row. */
    async lightbulb(words) {
      const row = page.locator(".action-widget .monaco-list-row", { hasText: words }).first();
      const end = Date.now() + patience;
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
    },

    /** By the keyboard: the menu is covered by a layer that takes the mouse's events. */
    async choose(row) {
      const focused = () => row.evaluate((element) => element.classList.contains("focused"));
      for (let tries = 0; tries < 20 && !(await focused()); tries++) await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
    },

    /** Whether the ghost beside a function shows `words`. */
    ghost: (words) =>
      page.waitForFunction(
        (wanted) =>
          [...document.querySelectorAll(".view-line span")].some((span) =>
            getComputedStyle(span, "::after").content.includes(wanted),
          ),
        words,
      ),
  };

  /** Do all of it; then leave, and end this process with what came of it. */
  user.run = async (act, ...endings) => {
    let failure;
    try {
      await act();
      if (lost.length > 0) throw new Error(lost.join("; "));
      console.log(`${number} steps in ${Math.round((Date.now() - started) / 1000)} s`);
    } catch (error) {
      failure = error;
      await picture("failed");
      console.error(`FAILED  after step ${number}: ${error.message}`);
    } finally {
      await browser.close();
      server.stop();
      for (const end of endings) end();
    }
    console.log(`${number} passed, ${failure === undefined ? 0 : 1} failed`);
    process.exit(failure === undefined ? 0 : 1);
  };
  return user;
}
