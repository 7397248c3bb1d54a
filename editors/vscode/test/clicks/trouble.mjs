// What may go wrong, by a user's clicks: cancelling, refusals, keys, a server that crashes. The model is scripted, over real HTTP.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startModel } from "../harness/model.mjs";
import { languageServers, variableOf } from "../harness/processes.mjs";
import { sitDown, until } from "../harness/user.mjs";
import { makeWorkspace, RIGHT, SLOW, WRONG } from "../harness/workspace.mjs";

const workspace = makeWorkspace(mkdtempSync(join(tmpdir(), "claims-")));
writeFileSync(join(workspace, "slow.py"), SLOW);
const model = await startModel([RIGHT, WRONG, WRONG, WRONG, RIGHT]);
const user = await sitDown({
  name: "trouble",
  settings: {
    ...model.settings,
    "intaglio.preview": "beside",
    "security.workspace.trust.enabled": false,
  },
});
const { page, step, status, toast, openFile, palette, goTo } = user;
const text = (file) => readFileSync(join(workspace, file), "utf8");
const before = text("fees.py");
const untouched = () => {
  if (text("fees.py") !== before) throw new Error("the file was changed");
};
const KEY = "sk-of-the-test";
const oneServer = () => until("one language server", () => languageServers(user.server).length === 1);
const key = async () => {
  await oneServer();
  return variableOf(languageServers(user.server)[0], "OPENAI_API_KEY");
};
/** Wait until another server than `old` is started. */
const another = (old) =>
  until("another server", () => {
    const [pid] = languageServers(user.server);
    return pid !== undefined && pid !== old;
  });
const dismiss = async () => {
  await palette("Notifications: Clear All Notifications");
  await page.locator(".notification-toast").first().waitFor({ state: "detached" });
};

await user.run(
  async () => {
    await user.open(`folder=${workspace}`);

    await step("a-key-is-asked-for", async () => {
      await openFile("fees.py");
      await status("Intaglio: 1 stub");
      if ((await key()) !== undefined) throw new Error("the server has a key before one is set");
      await palette("Intaglio: Set a Provider's Key...");
      await user.pick("OPENAI_API_KEY");
      await page.locator(".quick-input-widget", { hasText: "Intaglio: OPENAI_API_KEY" }).waitFor();
      if ((await page.locator(".quick-input-widget input.input").getAttribute("type")) !== "password")
        throw new Error("the key is shown while it is typed");
    });

    await step("the-server-gets-it-in-its-environment", async () => {
      const [old] = languageServers(user.server);
      await user.answer("OPENAI_API_KEY", KEY);
      await another(old);
      await status("Intaglio: 1 stub");
      if ((await key()) !== KEY) throw new Error(`the server's key is ${await key()}`);
    });

    await step("the-body-beside", async () => {
      await goTo(12, 6);
      await palette("Intaglio: Compile This Function");
      await page.locator(".tab", { hasText: "fee (being written, unchecked).py" }).waitFor();
      await page.locator(".view-line", { hasText: "weeks = (days" }).first().waitFor();
      if ((await model.keys()).some((sent) => sent.includes(KEY)))
        throw new Error("a model server on this machine got the provider's key");
    });

    await step("cancelled-by-the-message", async () => {
      await toast("Intaglio").getByRole("button", { name: "Cancel" }).click();
      await until("the model's client to leave", () => model.left());
      await page.locator(".tab", { hasText: "being written" }).waitFor({ state: "detached" });
      await status("Intaglio: 1 stub");
      await toast("attempt 1").waitFor({ state: "detached" });
      untouched();
    });

    await step("nothing-that-passes", async () => {
      await model.release();
      await goTo(12, 6);
      await palette("Intaglio: Compile This Function");
      for (let attempt = 1; attempt <= 3; attempt++) {
        await toast(`attempt ${attempt} of 3`).waitFor();
        await model.release();
      }
      await toast("no body passed in 3 attempts, and the file is as it was").waitFor();
      await status("Intaglio: 1 stub");
      untouched();
    });

    await step("a-spec-with-errors-is-refused", async () => {
      await dismiss();
      await openFile("twins.py");
      await status("2 invalid");
      await goTo(4, 6);
      await palette("Intaglio: Compile This Function");
      await toast("has errors, so nothing is compiled").waitFor();
    });

    await step("a-key-is-forgotten", async () => {
      await dismiss();
      const [old] = languageServers(user.server);
      await palette("Intaglio: Forget a Provider's Key...");
      await user.pick("OPENAI_API_KEY");
      await another(old);
      await status("2 invalid");
      if ((await key()) !== undefined) throw new Error("the server still has the key");
    });

    await step("a-run-of-the-test-explorer-is-cancelled", async () => {
      await openFile("slow.py");
      await status("Intaglio: 1 unlocked");
      await page.locator(".activitybar").getByRole("tab", { name: "Testing" }).click();
      // the server has just been started anew: rows move while it tells of the workspace's files
      for (const file of ["claims.py", "fees.py", "mistakes.py", "twins.py"])
        await page.locator(".test-explorer-tree .monaco-list-row", { hasText: file }).first().waitFor();
      await user.runTests("slow.py");
      await toast("execution").waitFor();
      await page.getByRole("button", { name: "Cancel Test Run" }).first().click();
      await toast("execution").waitFor({ state: "detached" });
      await status("Intaglio: 1 unlocked");
      await page.getByRole("button", { name: "Cancel Test Run" }).first().waitFor({ state: "detached" });
      if ((await page.locator(".codelens-decoration", { hasText: "execution ✗" }).count()) > 0)
        throw new Error("the stage went on to its end");
    });

    await step("a-crash-is-mended-without-a-word", async () => {
      await page.locator(".activitybar").getByRole("tab", { name: "Intaglio" }).click();
      const listed = () => page.locator(".pane-body .monaco-list-row", { hasText: "decide" }).first();
      for (let crash = 1; crash < 3; crash++) {
        await listed().waitFor();
        const [pid] = languageServers(user.server);
        process.kill(pid, "SIGKILL");
        await another(pid);
        await status("Intaglio: 1 unlocked");
        await listed().waitFor();
      }
      if ((await toast("stopped").count()) > 0) throw new Error("a message about a crash that was mended");
    });

    await step("after-the-third-it-is-said", async () => {
      process.kill(languageServers(user.server)[0], "SIGKILL");
      await toast("Intaglio's server stopped: it ended 3 times within 3 minutes").waitFor();
      await status("Intaglio: server failed");
      const messages = await page.locator(".notification-toast").count();
      if (messages !== 1) throw new Error(`${messages} messages about one thing`);
    });

    await step("and-restarted-by-a-click", async () => {
      await toast("server stopped").getByRole("button", { name: "Restart" }).click();
      await oneServer();
      await status("Intaglio: 1 unlocked");
      const [pid] = languageServers(user.server);
      process.kill(pid, "SIGKILL"); // the crashes before the restart do not count any more
      await another(pid);
      await status("Intaglio: 1 unlocked");
    });
  },
  model.stop,
  () => rmSync(workspace, { recursive: true, force: true }),
);
