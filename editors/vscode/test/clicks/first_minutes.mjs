// A new user's first minutes, by the README alone: no server on the machine, the offer to install one, the sample, a lock, a drift.
// What is installed comes from the package index, and takes its minutes: `run-tests first_minutes` starts it. The times of the steps are
// those of a user who reads nothing twice.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sitDown } from "../harness/user.mjs";

const workspace = mkdtempSync(join(tmpdir(), "first-"));
writeFileSync(join(workspace, "hello.py"), 'print("hello")\n');
const sample = join(workspace, "intaglio_sample.py");
const own = resolve(process.env.INTAGLIO, "..");
const user = await sitDown({
  name: "first_minutes",
  environment: {
    PATH: process.env.PATH.split(":")
      .filter((folder) => resolve(folder) !== own && !existsSync(join(folder, "intaglio")))
      .join(":"),
  },
  patience: 600_000,
});
const { page, step, status, toast, openFile, goTo, lightbulb, choose } = user;
const lineOf = (words) =>
  readFileSync(sample, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(words)) + 1;

await user.run(
  async () => {
    await user.open(`folder=${workspace}`);

    await step("opened-and-trusted", async () => {
      await page.getByRole("button", { name: /Yes, I trust/ }).click();
      await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "hello.py" }).waitFor();
    });

    await step("a-server-is-offered", async () => {
      await openFile("hello.py");
      await toast("has no server yet").waitFor();
      await status("Intaglio: no server");
    });

    await step("it-is-being-installed", async () => {
      await toast("has no server yet").getByRole("button", { name: "Install" }).click();
      await toast("installing the server").waitFor();
      await toast("fetching").waitFor();
    });

    await step("installed", async () => {
      await toast("server is installed and running").waitFor();
    });

    await step("the-sample", async () => {
      await toast("installed and running").getByRole("button", { name: "Open a Sample" }).click();
      await status("Intaglio: 1 stub");
      await user.lens("stub");
    });

    await step("the-light-bulb", async () => {
      await goTo(lineOf("def decide"), 6);
      await lightbulb("Compile");
    });

    await step("compiled", async () => {
      await choose(page.locator(".action-widget .monaco-list-row", { hasText: "Compile" }).first());
      await toast("Apply it to intaglio_sample.py?").waitFor();
    });

    await step("applied", async () => {
      await toast("Apply it to").getByRole("button", { name: "Apply" }).click();
      await status("Intaglio: 1 accepted");
    });

    await step("saved-and-locked", async () => {
      await user.save();
      await status("Intaglio: 1 locked");
      await user.lens("locked");
      if (!existsSync(join(workspace, ".intaglio", "locks", "intaglio_sample.py.toml")))
        throw new Error("no lock file");
    });

    await step("changed-by-hand", async () => {
      const text = readFileSync(sample, "utf8");
      const line = lineOf("if bmi >= 30");
      await goTo(line, text.split("\n")[line - 1].indexOf("30") + 2);
      await page.keyboard.press("Delete");
      await page.keyboard.type("1");
      await user.save();
      await status("Intaglio: 1 drifted");
      await user.lens("drifted");
    });

    await step("restored", async () => {
      await goTo(lineOf("def decide"), 6);
      await choose(await lightbulb("Restore"));
      await toast("Apply it to intaglio_sample.py?").getByRole("button", { name: "Apply" }).click();
      await status("Intaglio: 1 locked");
      await user.save();
      await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
      if (!readFileSync(sample, "utf8").includes("bmi >= 30")) throw new Error("the file still has the edit");
    });
  },
  () => rmSync(workspace, { recursive: true, force: true }),
);
