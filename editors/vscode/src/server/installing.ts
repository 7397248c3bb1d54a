/**
 * A server in an environment of the extension's own: made with the user's Python, from the wheel that the extension carries
 * (so that both have one version) and the package index. Touches no environment of the user or the workspace.
 */

import { execFile, spawn } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { lastLine, scriptIn } from "./discovery";

export class InstallationFailed extends Error {}

export interface Installation {
  /** The environment's folder; what is there is replaced. */
  readonly environment: string;
  /** The folder that holds the extension's wheel. */
  readonly wheels: string;
  /** Interpreters to try, in order. */
  readonly interpreters: readonly string[];
  readonly windows: boolean;
  /** Takes each line of what is done, for a log. */
  report(line: string): void;
  /** Takes what is being done, in the words of a message. */
  show(doing: string): void;
  readonly signal: AbortSignal;
}

const LEAST = [3, 11] as const;

/** Make the environment and install; the command of the server. Leaves no half environment behind. */
export async function install(installation: Installation): Promise<string> {
  const { environment, report, show, signal, windows } = installation;
  const interpreter = await suitable(installation.interpreters);
  const wheel = (await readdir(installation.wheels).catch(() => [])).find((name) => /^intaglio-.*\.whl$/.test(name));
  if (wheel === undefined)
    throw new InstallationFailed(`the extension's package holds no server (${installation.wheels})`);
  try {
    show("making an environment");
    await run(interpreter, ["-m", "venv", "--clear", environment], report, signal);
    const python = scriptIn(environment, "python", windows);
    const what = `${join(installation.wheels, wheel)}[all]`;
    const hear = (line: string) => {
      report(line);
      const doing = doingOf(line);
      if (doing !== undefined) show(doing);
    };
    report(`${wheel} and what it needs`);
    await run(python, ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", what], hear, signal);
  } catch (error) {
    await rm(environment, { recursive: true, force: true });
    throw error;
  }
  return scriptIn(environment, "intaglio", windows);
}

/** What a line of pip's tells who waits; undefined for one that only a log is for. */
export function doingOf(line: string): string | undefined {
  const fetched = /^Collecting ([\w.-]+)/.exec(line);
  if (fetched !== null) return `fetching ${fetched[1]}`;
  const placed = /^Installing collected packages: (.+)/.exec(line);
  return placed === null ? undefined : `putting ${placed[1]?.split(",").length} packages in place`;
}

/** The first interpreter that starts and is new enough. */
export async function suitable(interpreters: readonly string[]): Promise<string> {
  const said: string[] = [];
  for (const interpreter of interpreters) {
    const version = await versionOf(interpreter);
    const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
    if (version !== undefined && (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]))) return interpreter;
    said.push(version === undefined ? `${interpreter} does not start` : `${interpreter} is Python ${version}`);
  }
  throw new InstallationFailed(`Intaglio's server needs Python ${LEAST.join(".")} or later: ${said.join(", ")}`);
}

function versionOf(interpreter: string): Promise<string | undefined> {
  const program = "import sys; print('%d.%d' % sys.version_info[:2])";
  return new Promise((settle) => {
    execFile(interpreter, ["-I", "-c", program], { timeout: 20_000 }, (error, stdout) =>
      settle(error ? undefined : stdout.trim()),
    );
  });
}

function run(
  command: string,
  parameters: readonly string[],
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((settle, reject) => {
    const child = spawn(command, parameters, { signal, stdio: ["ignore", "pipe", "pipe"] });
    let last = "";
    const hear = (data: Buffer) => {
      for (const line of data.toString().split("\n")) {
        if (line.trim() === "") continue;
        last = lastLine(line);
        report(last);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", (error) =>
      reject(new InstallationFailed(signal.aborted ? "the installation was cancelled" : error.message)),
    );
    child.on("close", (code) => {
      if (code === 0) settle();
      else reject(new InstallationFailed(`${command} ${parameters.slice(0, 3).join(" ")} failed: ${last}`));
    });
  });
}
