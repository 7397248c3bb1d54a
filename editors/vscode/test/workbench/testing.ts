/** What tests inside the real workbench stand on: the list of tests, and how to wait for what is expected, never for a time. */

import * as assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Api } from "../../src/extension";
import type { SpecStatus } from "../../src/protocol";

const PATIENCE = 60_000;
const tests: [string, () => Promise<void>][] = [];

/** What the extension hands out, once it is activated. */
export let api: Api;

export function test(name: string, act: () => Promise<void>): void {
  tests.push([name, act]);
}

export function uriOf(file: string, root = 0): vscode.Uri {
  return vscode.Uri.file(join(vscode.workspace.workspaceFolders?.[root]?.uri.fsPath ?? "", file));
}

function findings(): string {
  const found = vscode.window.activeTextEditor;
  if (found === undefined) return "";
  return vscode.languages
    .getDiagnostics(found.document.uri)
    .map((one) => `${one.range.start.line + 1}: ${one.message}`)
    .join(" | ");
}

/** The value of `look` once it is something; fails with what was waited for. */
export async function until<Value>(
  what: string | (() => string),
  look: () => Value | undefined | false | Thenable<Value | undefined | false>,
): Promise<Value> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() >= end)
      assert.fail(`waited in vain for ${typeof what === "string" ? what : what()}; the findings are: ${findings()}`);
    await new Promise((settle) => setTimeout(settle, 25));
  }
}

export async function open(file: string, root = 0): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(uriOf(file, root), { preview: false });
}

export function status(file: string, name: string, root = 0): SpecStatus | undefined {
  return api.picture.find({ uri: uriOf(file, root).toString(), name })?.status;
}

export function inState(file: string, name: string, state: string, root = 0): Promise<SpecStatus> {
  return until(
    () => `${name} to be ${state}, it is ${status(file, name, root)?.state}`,
    () => {
      const found = status(file, name, root);
      return found?.state === state && found;
    },
  );
}

/** Put the cursor on the line that holds `text`. */
export function cursorAt(editor: vscode.TextEditor, text: string): void {
  const line = editor.document
    .getText()
    .split("\n")
    .findIndex((held) => held.includes(text));
  assert.ok(line >= 0, `no line holds ${text}`);
  editor.selection = new vscode.Selection(line, 4, line, 4);
}

/** The titles above the functions of a file, as the editor would ask for them now. */
export async function lenses(uri: vscode.Uri): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 50);
  return found.map((lens) => lens.command?.title ?? "");
}

/** Say yes to the edit that the server offers, by the message's first button, once the comparison is shown. */
export async function apply(document: vscode.TextDocument): Promise<void> {
  const before = document.getText();
  await until(`the comparison of an edit of ${document.fileName}`, () => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof vscode.TabInputTextDiff && input.original.toString() === document.uri.toString();
  });
  await until(`an edit of ${document.fileName}`, async () => {
    await vscode.commands.executeCommand("notification.acceptPrimaryAction").then(undefined, () => undefined);
    return document.getText() !== before;
  });
}

/**
 * Wait for the workspace's folders. A workbench in a browser now and then shows a workspace whose file it had not read yet, with no folder in
 * it, and looks again only when the file changes: so it is written once more.
 */
async function untilFolders(): Promise<void> {
  const file = vscode.workspace.workspaceFile?.fsPath;
  let waited = 0;
  await until("the workspace's folders", () => {
    if ((vscode.workspace.workspaceFolders ?? []).length > 0) return true;
    if (file !== undefined && ++waited % 40 === 0) writeFileSync(file, readFileSync(file));
    return false;
  });
}

/** Print for the runner, which drops what the workbench itself prints. */
function say(text: string): void {
  console.log(`intaglio-test: ${text}`);
}

/** Run the tests one after another, once `first` is open. Rejects when one failed, or when they could not begin, with the reason said. */
export async function runAll(first: string): Promise<void> {
  try {
    const extension = vscode.extensions.getExtension<Api>("intaglio.intaglio");
    assert.ok(extension, "the extension is there");
    await untilFolders();
    await open(first);
    api = await extension.activate();
  } catch (error) {
    say(`FAILED  before the first test\n${error instanceof Error ? error.stack : error}`);
    throw error;
  }
  let failed = 0;
  for (const [name, act] of tests) {
    const started = Date.now();
    try {
      await act();
      say(`ok      ${name} (${Date.now() - started} ms)`);
    } catch (error) {
      failed++;
      say(`FAILED  ${name} (${Date.now() - started} ms)\n${error instanceof Error ? error.stack : error}`);
    }
  }
  say(`${tests.length - failed} passed, ${failed} failed`);
  if (failed > 0) throw new Error(`${failed} of ${tests.length} tests in the workbench failed`);
}
