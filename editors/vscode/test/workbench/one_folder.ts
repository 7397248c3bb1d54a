/** Tests inside the real workbench with one folder open: the real `vscode` API, the real server. */

import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { STATE_NAMES } from "../../src/presentation";
import { isRunning, type SpecStatus } from "../../src/protocol";
import { rowsOf } from "../../src/views/artifactView";
import { type Node, SpecsView } from "../../src/views/specsView";
import { api, apply, cursorAt, inState, lenses, open, runAll, status, test, until, uriOf } from "./testing";

const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";

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
  await inState("claims.py", "decide", "accepted"); // until the file is saved
  await until("the lens to say so", async () =>
    (await lenses(uriOf("claims.py")))[0]?.startsWith("accepted: its lock"),
  );
  assert.ok(!existsSync(join(folder(), ".intaglio", "locks", "claims.py.toml")), "no lock before the save");
  await editor.document.save();
  const locked = await inState("claims.py", "decide", "locked");
  assert.deepEqual(
    locked.stages.map((stage) => stage.outcome),
    ["passed", "passed", "passed", "passed"],
  );
  assert.ok(existsSync(join(folder(), ".intaglio", "locks", "claims.py.toml")));
});

test("when the status has changed, the lenses say it or what comes after it", async () => {
  const uri = uriOf("claims.py");
  const told: SpecStatus[] = [];
  const answers: Promise<string[]>[] = [];
  const listening = api.picture.onChange(() => {
    const said = status("claims.py", "decide");
    if (said === undefined) return;
    told.push(said);
    answers.push(lenses(uri));
  });
  await vscode.commands.executeCommand("intaglio.validate", { uri: uri.toString(), name: "decide" });
  await api.session.request("intaglio/barrier", { uri: uri.toString() });
  listening.dispose();
  const seen = await Promise.all(answers);
  assert.ok(told.some((spec) => spec.job !== "") && told.at(-1)?.job === "", "a run was seen, and its end");
  for (const [place, titles] of seen.entries()) {
    const shows = (spec: SpecStatus) =>
      isRunning(spec) ? titles.some((title) => title.endsWith("cancel")) : titles[0]?.startsWith(spec.state);
    const after = told.slice(place);
    const states = after.map((spec) => `${spec.state}, ${spec.phase}`).join("; ");
    assert.ok(after.some(shows), `from here on the status said ${states}; the lenses ${titles}`);
  }
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

const names = () =>
  api.specs
    .getChildren()
    .flatMap((file) => api.specs.getChildren(file).map((node) => (node.kind === "spec" ? node.name : "")));

test("the view lists every spec of the workspace, opened or not, and filters them by state", async () => {
  await until("all specs", () => ["decide", "fee", "twice"].every((name) => names().includes(name)));
  api.specs.show(["locked"]);
  assert.deepEqual(names(), ["decide"]);
  api.specs.show(STATE_NAMES);
  assert.ok(names().length >= 3);
});

test("a row that is drawn anew between drawing and click still opens its spec, and its details", async () => {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  await vscode.commands.executeCommand("intaglio.specs.focus");
  await until("all rows", () => names().includes("fee"));
  const fee = api.specs.getChildren({ kind: "file", uri: uriOf("fees.py").toString() })[0];
  assert.ok(fee?.kind === "spec");
  await api.specs.view.reveal(fee, { select: true, focus: true });

  // The editor asks for the rows anew, and does not get them yet: on the screen are the old ones.
  const view = api.specs as unknown as { getChildren(node?: Node): Node[] | Promise<Node[]> };
  let release = () => {};
  const released = new Promise<void>((settle) => {
    release = settle;
  });
  let asked = false;
  view.getChildren = async (node) => {
    asked = true;
    await released;
    return SpecsView.prototype.getChildren.call(api.specs, node);
  };
  try {
    api.specs.show(["stub", "invalid"]);
    await until("the rows to be asked for", () => asked);
    await vscode.commands.executeCommand("list.selectAndPreserveFocus");
    await until(
      "fees.py to open",
      () => vscode.window.activeTextEditor?.document.uri.toString() === uriOf("fees.py").toString(),
    );
    await until("the details of fee", () => api.artifact.view.description === "fee" && api.artifact.getChildren()[0]);
  } finally {
    release();
    view.getChildren = SpecsView.prototype.getChildren;
    api.specs.show(STATE_NAMES);
  }
});

test("what looks the same is not drawn anew, and two functions of one name are one row", async () => {
  const fired: (Node[] | undefined)[] = [];
  const listening = api.specs.onDidChangeTreeData((nodes) => fired.push(nodes));
  const editor = await open("twins.py");
  await until("the twins", () => names().filter((name) => name === "twin").length === 1);
  await inState("twins.py", "twin", "invalid");
  fired.length = 0;
  await editor.edit((edit) => edit.insert(new vscode.Position(editor.document.lineCount, 0), "# a note\n"));
  await api.session.request("intaglio/barrier", { uri: editor.document.uri.toString() });
  assert.deepEqual(fired, []);
  await vscode.commands.executeCommand("workbench.action.files.revert");
  listening.dispose();
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

/** Called by the workbench. */
export const run = () => runAll("claims.py");
