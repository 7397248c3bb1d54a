// Runs dist/workbench/index.cjs inside the real workbench, where the real `vscode` API is; prints what it reports.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openBrowser, startServer } from "../harness/workbench.mjs";
import { makeWorkspace } from "../harness/workspace.mjs";

const MOST = 150_000;
const extension = resolve(import.meta.dirname, "..", "..");
const workspace = makeWorkspace(mkdtempSync(join(tmpdir(), "intaglio-workspace-")));
const server = await startServer({
  settings: { "intaglio.server.path": process.env.INTAGLIO, "security.workspace.trust.enabled": false },
  parameters: ["--enable-smoke-test-driver", "--disable-workspace-trust"],
});
const { browser, page } = await openBrowser();
let code = 1;
try {
  const exited = new Promise((settle) => {
    page.exposeFunction("codeAutomationExit", settle);
  });
  await page.exposeFunction("codeAutomationLog", (_type, parts) => {
    const said = parts.join(" ");
    const at = said.indexOf("intaglio-test: ");
    if (at >= 0) console.log(said.slice(at + "intaglio-test: ".length));
    else if (process.env.VERBOSE) console.log(said);
  });
  if (process.env.VERBOSE) page.on("console", (message) => console.log("page:", message.text()));
  const remote = (path) => `vscode-remote://127.0.0.1:${server.port}${path}`;
  const payload = [
    ["extensionDevelopmentPath", remote(extension)],
    ["extensionTestsPath", remote(join(extension, "dist", "workbench", "index.cjs"))],
  ];
  await page.goto(`${server.origin}/?folder=${workspace}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
  const tooLong = new Promise((settle) => setTimeout(() => settle("time"), MOST).unref());
  code = await Promise.race([exited, tooLong]);
  if (code === "time") console.error(`The workbench's tests did not end within ${MOST / 1000} s.`);
  if (code !== 0) await page.screenshot({ path: join(extension, "test", "screenshots", "workbench-failed.png") });
} finally {
  await browser.close();
  server.stop();
  rmSync(workspace, { recursive: true, force: true });
}
process.exit(code === 0 ? 0 : 1);
