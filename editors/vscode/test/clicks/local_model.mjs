// The plain path with a real model, whose server INTAGLIO_TEST_MODEL_URL names (http://127.0.0.1:PORT/v1): from a folder that was opened to a
// locked function, by a user's clicks. What the model writes is its own; what may be locked is not.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sitDown } from "../harness/user.mjs";

const base = process.env.INTAGLIO_TEST_MODEL_URL;
if (!base) {
  console.error("SKIPPED: the real model in the workbench: INTAGLIO_TEST_MODEL_URL names no server");
  process.exit(0);
}

const CLAMP = `"""Bounds of amounts."""

# spec: Clamp a value into the range from low to high, both included.
# require: low <= high
# example: clamp(5, 1, 10) == 5
# example: clamp(-3, 1, 10) == 1
# example: clamp(12, 1, 10) == 10
def clamp(value: int, low: int, high: int) -> int: ...
`;
const HEADER = 8;

const workspace = mkdtempSync(join(tmpdir(), "bounds-"));
writeFileSync(join(workspace, "bounds.py"), CLAMP);
const user = await sitDown({
  name: "model",
  settings: {
    "intaglio.server.path": process.env.INTAGLIO,
    "intaglio.model": process.env.INTAGLIO_TEST_MODEL ?? "openai/qwen2.5-coder",
    "intaglio.api-base": base,
    "intaglio.max-tokens": 100000,
  },
  patience: 300_000,
});
const { step, status, toast } = user;

await user.run(
  async () => {
    await user.open(`folder=${workspace}`);
    await step("opened-and-trusted", async () => {
      await user.page.getByRole("button", { name: /Yes, I trust/ }).click();
      await user.openFile("bounds.py");
      await status("Intaglio: 1 stub");
    });

    await step("asked-by-the-light-bulb", async () => {
      await user.goTo(HEADER, 6);
      await user.choose(await user.lightbulb("Compile"));
      await toast("writing").waitFor();
    });

    await step("the-body-as-it-comes", async () => {
      await user.ghost("writing, line");
    });

    await step("offered", async () => {
      await toast("Apply it to bounds.py?").waitFor();
      if (readFileSync(join(workspace, "bounds.py"), "utf8") !== CLAMP)
        throw new Error("the file was changed before anyone agreed");
    });

    await step("accepted", async () => {
      await toast("Apply it to bounds.py?").getByRole("button", { name: "Apply" }).click();
      await status("Intaglio: 1 accepted");
      await user.lens("accepted: its lock is written when you save");
    });

    await step("saved-and-locked", async () => {
      await user.save();
      await status("Intaglio: 1 locked");
      await user.lens("locked");
      execFileSync(process.env.INTAGLIO, ["verify"], { cwd: workspace }); // the command line says the same
      console.log(readFileSync(join(workspace, "bounds.py"), "utf8").split("\n").slice(HEADER).join("\n").trimEnd());
    });
  },
  () => rmSync(workspace, { recursive: true, force: true }),
);
