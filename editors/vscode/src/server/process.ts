/** The server's process: started where nothing of a workspace is read by being started there, and what it said and how it ended. */

import { type ChildProcess, spawn } from "node:child_process";
import { lastLine, withoutRelativePath } from "./discovery";

/** What the server's process said last on its error stream, and how it ended. */
export interface Last {
  said: string;
  ended: string;
}

export function wordsOf({ said, ended }: Last): string {
  return (ended === "" ? "" : `, at last by ${ended}`) + (said === "" ? "" : `; it said: ${said}`);
}

/** Start it in `folder` with `keys` in its environment; `last` is filled as it goes on. Rejects when it cannot be started. */
export async function startProcess(
  command: string,
  folder: string,
  keys: Readonly<Record<string, string>>,
  last: Last,
): Promise<ChildProcess> {
  const child = spawn(command, ["lsp"], {
    cwd: folder,
    env: { ...withoutRelativePath(process.env, process.platform === "win32"), ...keys },
    stdio: "pipe",
  });
  child.stderr.on("data", (data: Buffer) => {
    last.said = lastLine(data.toString()) || last.said;
  });
  child.on("exit", (code, signal) => {
    last.ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  await new Promise<void>((settle, reject) => {
    child.once("spawn", () => settle());
    child.once("error", reject);
  });
  return child;
}
