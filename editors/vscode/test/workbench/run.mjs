// Runs the suites of dist/workbench inside the real workbench, where the real `vscode` API is; prints what they report. Named ones, or all.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openBrowser, startServer } from "../harness/workbench.mjs";
import { makeSeveralRoots, makeWorkspace } from "../harness/workspace.mjs";

const MOST = 400_000;
const extension = resolve(import.meta.dirname, "..", "..");

/** By suite: what is opened, the user's settings, further extensions. Without the setting the server is found by the Python extension. */
const SUITES = {
  one_folder: (folder) => ({
    query: `folder=${makeWorkspace(folder)}`,
    settings: { "intaglio.server.path": process.env.INTAGLIO },
    extensions: [],
  }),
  several_roots: (folder) => ({
    query: `workspace=${makeSeveralRoots(folder)}`,
    settings: {},
    extensions: [join(extension, "dist", "python-extension", "python.vsix")],
  }),
};

async function runSuite(name) {
  const folder = mkdtempSync(join(tmpdir(), "intaglio-workspace-"));
  const { query, settings, extensions } = SUITES[name](folder);
  const server = await startServer({
    extensions,
    settings: { "security.workspace.trust.enabled": false, ...settings },
    parameters: ["--enable-smoke-test-driver", "--disable-workspace-trust"],
    environment: { INTAGLIO_TEST_INTERPRETER: join(process.env.INTAGLIO, "..", "python"), PATH: withoutServer() },
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
      ["extensionTestsPath", remote(join(extension, "dist", "workbench", `${name}.cjs`))],
    ];
    await page.goto(`${server.origin}/?${query}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    const tooLong = new Promise((settle) => setTimeout(() => settle("time"), MOST).unref());
    code = await Promise.race([exited, tooLong]);
    if (code === "time") console.error(`The suite ${name} did not end within ${MOST / 1000} s.`);
    if (code !== 0) await page.screenshot({ path: join(extension, "test", "screenshots", `${name}-failed.png`) });
  } finally {
    await browser.close();
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return code === 0;
}

/** PATH without a server of this machine: what is found is found where the suite says. */
function withoutServer() {
  const own = join(process.env.INTAGLIO, "..");
  return process.env.PATH.split(":")
    .filter((folder) => resolve(folder) !== own)
    .join(":");
}

let failed = 0;
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(SUITES)) {
  console.log(`-- ${name}`);
  if (!(await runSuite(name))) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
