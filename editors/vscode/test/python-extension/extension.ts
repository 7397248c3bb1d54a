/**
 * A stand-in for the Python extension in the workbench's tests: its id, and of its documented API (typed by its own package) what is used.
 * The selected interpreter is INTAGLIO_TEST_INTERPRETER until another is chosen.
 */

import { dirname } from "node:path";
import type { ActiveEnvironmentPathChangeEvent, PythonExtension, ResolvedEnvironment } from "@vscode/python-extension";
import * as vscode from "vscode";
import type { Environments } from "../../src/server/python";

type Offered = Environments & Pick<PythonExtension["environments"], "updateActiveEnvironmentPath">;

const pathOf = (named: string | { readonly path: string }) => (typeof named === "string" ? named : named.path);

export function activate(): { readonly environments: Offered } {
  const changed = new vscode.EventEmitter<ActiveEnvironmentPathChangeEvent>();
  let selected = process.env["INTAGLIO_TEST_INTERPRETER"] ?? "";
  const environments: Offered = {
    getActiveEnvironmentPath: () => ({ id: selected, path: selected }),
    resolveEnvironment: async (named) => {
      const path = pathOf(named);
      if (path === "") return undefined;
      return {
        id: path,
        path,
        executable: { uri: vscode.Uri.file(path), bitness: "64-bit", sysPrefix: dirname(dirname(path)) },
        environment: undefined,
        tools: ["Venv"],
        version: { major: 3, minor: 11, micro: 0, release: { level: "final", serial: 0 }, sysVersion: "3.11.0" },
      } satisfies ResolvedEnvironment;
    },
    updateActiveEnvironmentPath: async (named) => {
      selected = pathOf(named);
      changed.fire({ id: selected, path: selected, resource: undefined });
    },
    onDidChangeActiveEnvironmentPath: changed.event,
  };
  return { environments };
}
