// A real VS Code workbench for tests: code-server's server on loopback and Debian's Chromium. Starts, opens, looks; asserts nothing.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Runs the workbench's server, which may need another Node.js than these tests. */
const NODE = process.env.CODE_SERVER_NODE ?? process.execPath;
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The folder of VS Code's server inside code-server; the runner script puts it there. */
export function serverFolder() {
  const folder = process.env.CODE_SERVER;
  if (folder === undefined) throw new Error("CODE_SERVER names the folder lib/vscode of code-server; run ./run-tests");
  return folder;
}

function freePort() {
  return new Promise((settle, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => settle(port));
    });
  });
}

/** Start a workbench server with its own data folder. `settings` are the user's; `extensions` are packages, installed first. */
export async function startServer({ settings = {}, extensions = [], environment = {}, parameters = [] } = {}) {
  const data = mkdtempSync(join(tmpdir(), "intaglio-workbench-"));
  for (const whose of ["User", "Machine"]) mkdirSync(join(data, "data", whose), { recursive: true });
  mkdirSync(join(data, "extensions"));
  const all = {
    "security.workspace.trust.startupPrompt": "always",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": true,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": false,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoUpdate": false,
    "git.enabled": false,
    "remote.autoForwardPorts": false, // no message about servers that others run on this machine
    "files.autoSave": "off", // as on a desktop; in a browser the default saves after a second
    ...settings,
  };
  // Settings of the scope "machine" count where the machine's are; in the user's alone the workbench took them most of the times.
  const set = (changed) => {
    Object.assign(all, changed);
    for (const whose of ["User", "Machine"])
      writeFileSync(join(data, "data", whose, "settings.json"), JSON.stringify(all, null, 2));
  };
  set({});
  const main = join(serverFolder(), "out", "server-main.js");
  const common = [
    "--server-data-dir",
    data,
    "--extensions-dir",
    join(data, "extensions"),
    "--accept-server-license-terms",
  ];
  const env = { ...process.env, EXTENSIONS_GALLERY: "{}", ...environment };
  if (extensions.length > 0)
    await run(NODE, [main, ...common, ...extensions.flatMap((vsix) => ["--install-extension", vsix])], env);
  const port = await freePort();
  const child = spawn(
    NODE,
    [
      main,
      ...common,
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--without-connection-token",
      "--telemetry-level",
      "off",
      ...parameters,
    ],
    { env, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let said = "";
  const hear = (text) => {
    said += text;
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  await answers(`http://127.0.0.1:${port}/version`, child, () => said);
  return {
    port,
    pid: child.pid,
    data,
    origin: `http://127.0.0.1:${port}`,
    said: () => said,
    /** Change settings. */
    set,
    /** Ends the server and its extension hosts, which outlive it otherwise. */
    stop() {
      try {
        process.kill(-child.pid, "SIGTERM");
      } catch (error) {
        if (error.code !== "ESRCH") throw error;
      }
      rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

async function answers(url, child, said) {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`the workbench's server ended: ${said()}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((settle) => setTimeout(settle, 50));
  }
  throw new Error(`the workbench's server does not answer: ${said()}`);
}

export function run(command, parameters, env = process.env, cwd = undefined) {
  return new Promise((settle, reject) => {
    const child = spawn(command, parameters, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
    });
    child.stderr.on("data", (text) => {
      said += text;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? settle(said) : reject(new Error(`${command} ${parameters.join(" ")}: exit ${code}\n${said}`)),
    );
  });
}

/** A browser with one page. */
export async function openBrowser(size = { width: 1280, height: 800 }) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  const page = await browser.newPage({ viewport: size });
  return { browser, page };
}
