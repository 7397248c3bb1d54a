/**
 * The settings that a user has written. What nobody wrote is not sent, so that pyproject.toml decides it: the defaults in the
 * manifest are shown, and never win over a file of the workspace.
 */

import type { WorkspaceConfiguration } from "vscode";

/** Settings of this extension alone; the server does not know them. */
export const OWN = ["server.path", "preview", "gutter", "trace.server"] as const;

type Inspected = {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
};

/** The explicitly set ones of `names`, the nearest value of each. Names are as in pyproject.toml. */
export function written(
  configuration: { inspect(name: string): Inspected | undefined },
  names: readonly string[],
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const inspected = configuration.inspect(name);
    const value = inspected?.workspaceFolderValue ?? inspected?.workspaceValue ?? inspected?.globalValue;
    if (value !== undefined && value !== null) found[name] = value;
  }
  return found;
}

/** The names of the server's settings, from the extension's manifest. */
export function serverSettingNames(manifest: unknown): string[] {
  const sections = (manifest as { contributes: { configuration: { properties: Record<string, unknown> }[] } })
    .contributes.configuration;
  return sections
    .flatMap((section) => Object.keys(section.properties))
    .map((name) => name.replace(/^intaglio\./, ""))
    .filter((name) => !(OWN as readonly string[]).includes(name));
}

export type Configuration = Pick<WorkspaceConfiguration, "inspect">;
