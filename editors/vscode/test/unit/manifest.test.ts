import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { ownCommands, type Parts } from "../../src/commands";
import { OWN, serverSettingNames, written } from "../../src/settings";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
/** Commands of docs/protocol.md that the palette offers; the language client registers them. */
const OF_SERVER = ["compile", "validate", "lock", "accept", "restore", "log", "cancel"].map(
  (name) => `intaglio.${name}`,
);
const listed: string[] = manifest.contributes.commands.map((command: { command: string }) => command.command);

describe("the manifest", () => {
  it("lists the commands that there are: the extension's own and the server's", () => {
    const own = Object.keys(ownCommands({} as Parts));
    expect(listed.toSorted()).toEqual([...own, ...OF_SERVER].toSorted());
  });

  it("names in its menus, views and walkthrough only commands and files that there are", () => {
    const named = JSON.stringify([
      manifest.contributes.menus,
      manifest.contributes.viewsWelcome,
      manifest.contributes.walkthroughs,
    ]);
    const commands = [
      ...named.matchAll(/command:(intaglio\.\w+)|"command":"(intaglio\.\w+)"|onCommand:(intaglio\.\w+)/g),
    ];
    expect(commands.length).toBeGreaterThan(20);
    for (const match of commands) expect(listed).toContain(match[1] ?? match[2] ?? match[3]);
    for (const match of JSON.stringify(manifest).matchAll(/"((?:media|syntaxes)\/[^"]+)"/g))
      expect(existsSync(match[1] ?? ""), match[1]).toBe(true);
  });

  it("declares restricted mode, and keeps the workspace from naming the server there", () => {
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe("limited");
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain("intaglio.server.path");
  });

  it("needs the editor that its language client needs", () => {
    const client = createRequire(import.meta.url)("../../node_modules/vscode-languageclient/package.json");
    expect(manifest.engines.vscode).toBe(client.engines.vscode);
  });
});

describe("settings", () => {
  it("of the server have the names of pyproject.toml; the extension's own are not sent", () => {
    const names = serverSettingNames(manifest);
    expect(names).toContain("max-cost");
    expect(names).toContain("api-base");
    for (const name of OWN) expect(names).not.toContain(name);
  });

  it("that nobody wrote are not sent, so that defaults never win over the workspace's files", () => {
    const values: Record<string, object> = {
      model: { defaultValue: "", globalValue: "openai/gpt-4o", workspaceValue: "openai/local" },
      attempts: { defaultValue: 5 },
      strict: { defaultValue: false, workspaceFolderValue: false },
    };
    expect(written({ inspect: (name) => values[name] }, ["model", "attempts", "strict", "cassette"])).toEqual({
      model: "openai/local",
      strict: false,
    });
  });
});
