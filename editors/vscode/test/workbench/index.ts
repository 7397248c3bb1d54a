/** Tests inside the real workbench, with the real `vscode` API and the real server. Each waits for what it expects, never for a time. */

import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Api } from "../../src/extension";
import type { SpecStatus } from "../../src/protocol";
import { rowsOf } from "../../src/views/artifactView";

const PATIENCE = 20_000;
const tests: [string, () => Promise<void>][] = [];
const test = (name: string, act: () => Promise<void>) => tests.push([name, act]);

let api: Api;
const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
const uriOf = (file: string) => vscode.Uri.file(join(folder(), file));

function findings(): string {
  const found = vscode.window.activeTextEditor;
  if (found === undefined) return "";
  return vscode.languages
    .getDiagnostics(found.document.uri)
    .map((one) => `${one.range.start.line + 1}: ${one.message}`)
    .join(" | ");
}

/** The value of `look` once it is something; fails with what was waited for. */
async function until<Value>(
  what: string,
  look: () => Value | undefined | false | Thenable<Value | undefined | false>,
): Promise<Value> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    assert.ok(Date.now() < end, `waited in vain for ${what}; the findings are: ${findings()}`);
    await new Promise((settle) => setTimeout(settle, 25));
  }
}

async function open(file: string): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(uriOf(file), { preview: false });
  return editor;
}

const status = (file: string, name: string): SpecStatus | undefined =>
  api.picture.find({ uri: uriOf(file).toString(), name })?.status;
const inState = (file: string, name: string, state: string) =>
  until(`${name} to be ${state}, it is ${status(file, name)?.state}`, () => {
    const found = status(file, name);
    return found?.state === state && found;
  });

/** Put the cursor on the line that holds `text`. */
function cursorAt(editor: vscode.TextEditor, text: string): void {
  const line = editor.document
    .getText()
    .split("\n")
    .findIndex((held) => held.includes(text));
  assert.ok(line >= 0, `no line holds ${text}`);
  editor.selection = new vscode.Selection(line, 4, line, 4);
}

/** Say yes to the edit that the server offers, by the message's first button, once the comparison is shown. */
async function apply(document: vscode.TextDocument): Promise<void> {
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

test("the server that the setting names is found and runs", async () => {
  const { health } = api.session;
  assert.equal(health.kind, "running");
  assert.ok(health.kind === "running" && health.found.place.origin.includes("intaglio.server.path"));
});

test("a mistake in a spec is a diagnostic with a code, and a fix of it is offered", async () => {
  const editor = await open("mistakes.py");
  const finding = await until("a diagnostic", () =>
    vscode.languages
      .getDiagnostics(editor.document.uri)
      .find((one) => one.source === "intaglio" && one.message.includes("exmaple")),
  );
  assert.match(String(typeof finding.code === "object" ? finding.code.value : finding.code), /^SP\d{3}$/);
  const actions = await until("a quick fix", async () => {
    const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      editor.document.uri,
      finding.range,
    );
    return found.some((action) => action.title.includes("example")) && found;
  });
  const fix = actions.find((action) => action.title.includes("example"));
  assert.ok(fix?.edit, "the fix is an edit");
  await vscode.workspace.applyEdit(fix.edit);
  await until(
    "the diagnostic to go",
    () => !vscode.languages.getDiagnostics(editor.document.uri).some((one) => one.message.includes("exmaple")),
  );
});

test("each function has a lens, and the light bulb offers to compile it", async () => {
  const editor = await open("claims.py");
  const lenses = await until("a lens", async () => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      editor.document.uri,
      20,
    );
    return found.some((lens) => lens.command?.command.startsWith("intaglio.")) && found;
  });
  assert.ok(lenses.some((lens) => lens.command?.command === "intaglio.compile"));
  cursorAt(editor, "def decide");
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    editor.document.uri,
    editor.selection,
  );
  assert.ok(
    actions.some((action) => action.command?.command === "intaglio.compile"),
    actions.map((action) => action.title).join(", "),
  );
});

test("compiling from the palette takes the function at the cursor; the edit asks; saving locks", async () => {
  const editor = await open("claims.py");
  await inState("claims.py", "decide", "stub");
  cursorAt(editor, "rule: otherwise");
  await vscode.commands.executeCommand("intaglio.compile");
  await apply(editor.document);
  assert.match(editor.document.getText(), /return "APPROVE"/);
  const waiting = await until(
    "a lock that waits for the save",
    () => status("claims.py", "decide")?.pending && status("claims.py", "decide"),
  );
  assert.notEqual(waiting.state, "locked");
  assert.ok(!existsSync(join(folder(), ".intaglio", "locks", "claims.py.toml")), "no lock before the save");
  await editor.document.save();
  const locked = await inState("claims.py", "decide", "locked");
  assert.deepEqual(
    locked.stages.map((stage) => stage.outcome),
    ["passed", "passed", "passed", "passed"],
  );
  assert.ok(existsSync(join(folder(), ".intaglio", "locks", "claims.py.toml")));
});

test("the details of an artifact have its stages, its lock and its fingerprints", async () => {
  const target = { uri: uriOf("claims.py").toString(), name: "decide" };
  const rows = rowsOf(await api.session.request("intaglio/artifact", target), status("claims.py", "decide"));
  const labels = rows.map((row) => row.label);
  for (const label of ["locked", "Stages", "Lock", "Fingerprints", "History"])
    assert.ok(labels.includes(label), `${label} in ${labels}`);
});

test("a body that is edited by hand drifts; it is compared, and restored", async () => {
  const editor = await open("claims.py");
  const before = editor.document.getText();
  const at = before.indexOf("bmi >= 30", before.indexOf("def decide"));
  assert.ok(at > 0, before);
  await editor.edit((edit) =>
    edit.replace(new vscode.Range(editor.document.positionAt(at), editor.document.positionAt(at + 9)), "bmi >= 31"),
  );
  await inState("claims.py", "decide", "drifted");
  cursorAt(editor, "def decide");
  await vscode.commands.executeCommand("intaglio.diffLocked");
  const tab = await until("a diff", () => vscode.window.tabGroups.activeTabGroup.activeTab?.input);
  assert.ok(tab instanceof vscode.TabInputTextDiff, "the active tab is a diff");
  const sides = await Promise.all(
    [tab.original, tab.modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()),
  );
  assert.ok(sides.some((text) => text.includes("bmi >= 31")) && sides.some((text) => !text.includes("bmi >= 31")));
  await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  const again = await open("claims.py");
  cursorAt(again, "def decide");
  const restoring = vscode.commands.executeCommand("intaglio.restore"); // answers once the offer is decided
  await apply(again.document);
  await restoring;
  assert.equal(again.document.getText(), before);
  await again.document.save();
  await inState("claims.py", "decide", "locked");
});

test("the view lists every spec of the workspace, opened or not, and filters them by state", async () => {
  const names = () =>
    api.specs
      .getChildren()
      .flatMap((file) =>
        api.specs.getChildren(file).map((node) => (node.kind === "spec" ? node.known.summary.name : "")),
      );
  await until("all specs", () => ["decide", "fee", "twice"].every((name) => names().includes(name)));
  api.specs.show(["locked"]);
  assert.deepEqual(names(), ["decide"]);
  api.specs.show(["stub", "locked", "invalid"]);
  assert.ok(names().length >= 2);
});

test("the Test Explorer has files, specs and stages; a run validates", async () => {
  await open("claims.py");
  const file = await until("the file", () => api.tests.items.get(uriOf("claims.py").toString()));
  const spec = file.children.get(`${uriOf("claims.py")}::decide`);
  assert.equal(spec?.children.size, 4);
  const runs: string[] = [];
  const listening = api.picture.onChange(() => runs.push(status("claims.py", "decide")?.phase ?? ""));
  await vscode.commands.executeCommand("testing.runCurrentFile");
  await until(
    `a run to end; seen ${runs}`,
    () =>
      runs.some((phase) => phase !== "idle") &&
      status("claims.py", "decide")?.stages.every((stage) => stage.outcome === "passed"),
  );
  listening.dispose();
});

test("settings that nobody wrote do not win over pyproject.toml, and one that is written does", async () => {
  const configuration = vscode.workspace.getConfiguration("intaglio");
  assert.equal(configuration.inspect("attempts")?.globalValue, undefined);
  await configuration.update("attempts", 0, vscode.ConfigurationTarget.Workspace);
  await open("claims.py");
  await until("the setting to be refused", () =>
    vscode.languages.getDiagnostics(uriOf("claims.py")).find((one) => one.message.includes("attempts")),
  );
  await configuration.update("attempts", undefined, vscode.ConfigurationTarget.Workspace);
  await until(
    "the refusal to go",
    () => !vscode.languages.getDiagnostics(uriOf("claims.py")).some((one) => one.message.includes("attempts")),
  );
});

test("a restart clears the picture and brings it back", async () => {
  await open("claims.py");
  const gone = until("an empty picture", () => api.picture.all().length === 0);
  await Promise.all([gone, vscode.commands.executeCommand("intaglio.restartServer")]);
  await inState("claims.py", "decide", "locked");
});

test("a server that the setting names and that is not there is said, and no other is taken", async () => {
  const configuration = vscode.workspace.getConfiguration("intaglio");
  await configuration.update("server.path", "/nowhere/intaglio", vscode.ConfigurationTarget.Workspace);
  const health = await until("the search to fail", () => api.session.health.kind === "missing" && api.session.health);
  assert.deepEqual(health.why, {
    named: true,
    tried: ["/nowhere/intaglio (the setting intaglio.server.path) does not exist"],
  });
  await configuration.update("server.path", undefined, vscode.ConfigurationTarget.Workspace);
  await until("the server to run again", () => api.session.health.kind === "running");
});

test("the sample of the walkthrough is opened, and never written over", async () => {
  await vscode.commands.executeCommand("intaglio.openSample");
  const path = join(folder(), "intaglio_sample.py");
  await until("the sample", () => vscode.window.activeTextEditor?.document.fileName === path);
  assert.match(readFileSync(path, "utf8"), /# spec:/);
  await vscode.workspace.fs.writeFile(vscode.Uri.file(path), Buffer.from("mine = 1\n"));
  await vscode.commands.executeCommand("intaglio.openSample");
  assert.equal(readFileSync(path, "utf8"), "mine = 1\n");
  await vscode.workspace.fs.delete(vscode.Uri.file(path));
});

/** Print for the runner, which drops what the workbench itself prints. */
function say(text: string): void {
  console.log(`intaglio-test: ${text}`);
}

/** Called by the workbench. Rejects when a test failed. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<Api>("intaglio.intaglio");
  assert.ok(extension, "the extension is there");
  await open("claims.py");
  api = await extension.activate();
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
