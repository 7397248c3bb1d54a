/** What the Python extension says of the selected environment, when that extension is there. Needs nothing of it. */

import type { PythonExtension } from "@vscode/python-extension";
import * as vscode from "vscode";

export type Environments = Pick<
  PythonExtension["environments"],
  "getActiveEnvironmentPath" | "resolveEnvironment" | "onDidChangeActiveEnvironmentPath"
>;

/** The part of the documented API that is used here. Undefined without the extension, and where it is not enabled (restricted mode). */
async function environments(): Promise<Environments | undefined> {
  const extension = vscode.extensions.getExtension<Partial<PythonExtension>>("ms-python.python");
  return (await extension?.activate())?.environments;
}

/** The selected interpreter's path; undefined without the extension, or when it knows none. */
export async function selectedInterpreter(
  resource: vscode.Uri | undefined,
  log: vscode.LogOutputChannel,
): Promise<string | undefined> {
  try {
    const known = await environments();
    if (known === undefined) return undefined;
    const resolved = await known.resolveEnvironment(known.getActiveEnvironmentPath(resource));
    return resolved?.executable.uri?.fsPath;
  } catch (error) {
    log.warn(`The Python extension could not say which environment is selected: ${error}`);
    return undefined;
  }
}

/** Call `changed` when another environment is selected; also when the Python extension is installed or enabled only later. */
export function whenSelectionChanges(changed: () => void, log: vscode.LogOutputChannel): vscode.Disposable {
  let following: vscode.Disposable | undefined;
  const follow = async () => {
    try {
      const known = following === undefined ? await environments() : undefined;
      following ??= known?.onDidChangeActiveEnvironmentPath(changed);
    } catch (error) {
      log.warn(`The Python extension could not be asked for its selections: ${error}`);
    }
  };
  void follow();
  const coming = vscode.extensions.onDidChange(() => void follow());
  return { dispose: () => vscode.Disposable.from(coming, ...(following === undefined ? [] : [following])).dispose() };
}
