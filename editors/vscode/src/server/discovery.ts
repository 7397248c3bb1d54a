/**
 * Where a server may be, in order, and whether what is there fits. Pure but for `probe`, which starts `intaglio --version`.
 * Installs nothing, shows nothing.
 */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, type PlatformPath, posix, win32 } from "node:path";

export interface Place {
  readonly command: string;
  /** In the words of a message: "the setting intaglio.server.path". */
  readonly origin: string;
}

export interface Surroundings {
  /** The setting `intaglio.server.path`, as it was written. */
  readonly setting: string;
  readonly trusted: boolean;
  /** The workspace's folders. */
  readonly folders: readonly string[];
  /** The interpreter that the Python extension has selected, when it is there. */
  readonly interpreter: string | undefined;
  /** The variable PATH. */
  readonly path: string;
  /** The extension's own environment, whether it is there or not. */
  readonly own: string;
  readonly windows: boolean;
}

export type Probe = { readonly version: string } | { readonly failure: string };

export interface Found {
  readonly place: Place;
  readonly version: string;
}

export interface Missing {
  /** What was looked at, and why it would not do; in the order of the search. */
  readonly tried: readonly string[];
  /** Whether the user named a server that cannot be used: then no other is taken in its stead. */
  readonly named: boolean;
}

/** The system's way of writing paths, told rather than asked, so that both are tested on either. */
function pathsOf(windows: boolean): PlatformPath {
  return windows ? win32 : posix;
}

/** A command of a virtual environment. */
export function scriptIn(environment: string, name: string, windows: boolean): string {
  return windows ? win32.join(environment, "Scripts", `${name}.exe`) : posix.join(environment, "bin", name);
}

/** The environment without what PATH has relative to the folder at hand: there a workspace could put commands of its own. */
export function withoutRelativePath(environment: NodeJS.ProcessEnv, windows: boolean): NodeJS.ProcessEnv {
  const { delimiter, isAbsolute } = pathsOf(windows);
  const isPath = (name: string) => (windows ? name.toUpperCase() === "PATH" : name === "PATH");
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      isPath(name) ? value?.split(delimiter).filter(isAbsolute).join(delimiter) : value,
    ]),
  );
}

/**
 * Where to look, in order: the setting, the workspace's environments, the selected interpreter's, PATH, the extension's own.
 * Until the workspace is trusted nothing that lies in it is named, wherever it was found: it would be run.
 */
export function places(around: Surroundings): Place[] {
  const { delimiter, isAbsolute, join, resolve } = pathsOf(around.windows);
  const script = around.windows ? "intaglio.exe" : "intaglio";
  if (around.setting !== "") {
    const command = isAbsolute(around.setting) ? around.setting : resolve(around.folders[0] ?? "", around.setting);
    return allowed([{ command, origin: "the setting intaglio.server.path" }], around);
  }
  const listed: Place[] = [
    ...around.folders.flatMap((folder) =>
      [".venv", "venv"].map((name) => ({
        command: scriptIn(join(folder, name), "intaglio", around.windows),
        origin: `the workspace's ${name}`,
      })),
    ),
    ...(around.interpreter === undefined
      ? []
      : besides(around.interpreter, around.windows).map((command) => ({
          command,
          origin: "the selected Python environment",
        }))),
    ...around.path
      .split(delimiter)
      .filter((folder) => folder !== "" && isAbsolute(folder))
      .map((folder) => ({ command: join(folder, script), origin: "PATH" })),
    { command: scriptIn(around.own, "intaglio", around.windows), origin: "the extension's own environment" },
  ];
  return allowed(listed, around);
}

/** Where an environment's commands are, by its interpreter: beside it; on Windows also in Scripts, for one that is not virtual. */
function besides(interpreter: string, windows: boolean): string[] {
  if (!windows) return [posix.join(interpreter, "..", "intaglio")];
  const folder = win32.dirname(interpreter);
  return [win32.join(folder, "intaglio.exe"), scriptIn(folder, "intaglio", true)];
}

function allowed(listed: readonly Place[], around: Surroundings): Place[] {
  if (around.trusted) return [...listed];
  return listed.filter((place) => !around.folders.some((folder) => isInside(place.command, folder, around.windows)));
}

export function isInside(path: string, folder: string, windows: boolean): boolean {
  const { isAbsolute, relative } = pathsOf(windows);
  const way = relative(folder, path);
  return way === "" || (!/^\.\.($|[\\/])/.test(way) && !isAbsolute(way));
}

/** The first place whose server fits `wanted`; or why none does. A server that the user named is taken or refused, not passed by. */
export async function find(
  around: Surroundings,
  wanted: string,
  look: { exists(path: string): boolean; probe(command: string): Promise<Probe> } = { exists: existsSync, probe },
): Promise<Found | Missing> {
  const named = around.setting !== "";
  const tried: string[] = [];
  const listed = places(around);
  if (named && listed.length === 0) tried.push(`${around.setting} lies in this workspace, which is not trusted`);
  const seen = new Set<string>();
  for (const place of listed) {
    if (seen.has(place.command)) continue;
    seen.add(place.command);
    if (!look.exists(place.command)) {
      if (named) tried.push(`${place.command} (${place.origin}) does not exist`);
      continue;
    }
    const answer = await look.probe(place.command);
    if ("failure" in answer) tried.push(`${place.command} (${place.origin}) does not start: ${answer.failure}`);
    else if (!fits(answer.version, wanted))
      tried.push(
        `${place.command} (${place.origin}) has version ${answer.version}; this extension needs ${series(wanted)}`,
      );
    else return { place, version: answer.version };
  }
  return { tried, named };
}

/** Same major and minor version: the messages between extension and server may change with the minor one. */
export function fits(version: string, wanted: string): boolean {
  return series(version) === series(wanted);
}

export function series(version: string): string {
  return `${version.split(".").slice(0, 2).join(".")}.x`;
}

/** Run `COMMAND --version`, in no folder of the workspace, for at most 20 seconds. */
export function probe(command: string): Promise<Probe> {
  return new Promise((settle) => {
    execFile(command, ["--version"], { timeout: 20_000, cwd: dirname(command) }, (error, stdout, stderr) => {
      const version = /\bversion (\d+\.\d+\S*)/.exec(stdout)?.[1];
      if (version !== undefined) settle({ version });
      else settle({ failure: lastLine(stderr) || error?.message || `it says ${JSON.stringify(stdout.slice(0, 80))}` });
    });
  });
}

export function lastLine(text: string): string {
  return text.trim().split("\n").pop()?.trim() ?? "";
}
