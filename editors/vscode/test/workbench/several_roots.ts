/**
 * Tests inside the real workbench with a workspace of two folders, whose settings differ and whose names need escaping in a URI; and with the
 * Python extension (its stand-in), by which the server is found.
 */

import * as assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PythonExtension } from "@vscode/python-extension";
import * as vscode from "vscode";
import { api, apply, cursorAt, inState, open, runAll, status, test, until, uriOf } from "./testing";

const CLAIMS = 0;
const INVOICES = 1;
const python = () => vscode.extensions.getExtension<PythonExtension>("ms-python.python");

test("the server is found in the environment that the Python extension has selected", async () => {
  const { health } = api.session;
  assert.ok(health.kind === "running", health.kind);
  assert.equal(health.found.place.origin, "the selected Python environment");
  assert.equal(health.found.place.command, join(dirname(process.env["INTAGLIO_TEST_INTERPRETER"] ?? ""), "intaglio"));
});

test("another selection starts the server of that environment, and the same one once more starts nothing", async () => {
  const extension = python();
  assert.ok(extension?.isActive);
  const { environments } = extension.exports;
  const first = environments.getActiveEnvironmentPath();
  const real = join(dirname(first.path), "intaglio");
  const bin = join(uriOf("", CLAIMS).fsPath, "..", "another", "bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(first.path, join(bin, "python"));
  writeFileSync(join(bin, "intaglio"), `#!/bin/sh\nexec "${real}" "$@"\n`);
  chmodSync(join(bin, "intaglio"), 0o755);
  const command = () => api.session.health.kind === "running" && api.session.health.found.place.command;
  await environments.updateActiveEnvironmentPath(join(bin, "python"));
  await until("the other server", () => command() === join(bin, "intaglio"));
  await inState("claims.py", "decide", "stub", CLAIMS);

  const kinds: string[] = [];
  const listening = api.session.onChange((health) => kinds.push(health.kind));
  await environments.updateActiveEnvironmentPath(join(bin, "python"));
  await api.session.reconsider();
  assert.deepEqual(kinds, []);
  listening.dispose();

  await environments.updateActiveEnvironmentPath(first);
  await until("the first server again", () => command() === real);
  await inState("claims.py", "decide", "stub", CLAIMS);
});

test("both folders' specs are in the view and in the Test Explorer, each file once, opened or not", async () => {
  const files = () => api.specs.getChildren().map((node) => node.uri);
  const wanted = [uriOf("claims.py", CLAIMS), uriOf("fees.py", CLAIMS), uriOf("invoice.py", INVOICES)].map(String);
  await until(
    () => `${wanted} to be shown, and nothing else: ${files()}`,
    () => wanted.every((uri) => files().includes(uri)) && files().length === wanted.length,
  );
  await open("invoice.py", INVOICES);
  await inState("invoice.py", "net", "stub", INVOICES);
  assert.equal(files().length, wanted.length, `a file that is opened is not a second one: ${files()}`);
  const tests: string[] = [];
  api.tests.items.forEach((item) => {
    tests.push(item.id);
  });
  assert.deepEqual(tests.toSorted(), wanted.toSorted());
});

test("each folder's settings are its own: one of them refuses what the other takes", async () => {
  const refused = (root: number, file: string) =>
    vscode.languages.getDiagnostics(uriOf(file, root)).find((one) => one.message.includes("attempts"));
  await open("claims.py", CLAIMS);
  await open("invoice.py", INVOICES);
  const invoices = vscode.workspace.getConfiguration("intaglio", uriOf("", INVOICES));
  await invoices.update("attempts", 0, vscode.ConfigurationTarget.WorkspaceFolder);
  await until("the second folder's setting to be refused", () => refused(INVOICES, "invoice.py"));
  assert.equal(refused(CLAIMS, "claims.py"), undefined);
  await invoices.update("attempts", undefined, vscode.ConfigurationTarget.WorkspaceFolder);
  await until("the refusal to go", () => refused(INVOICES, "invoice.py") === undefined);
});

test("each folder has locks of its own", async () => {
  const editor = await open("invoice.py", INVOICES);
  cursorAt(editor, "def net");
  await vscode.commands.executeCommand("intaglio.compile");
  await apply(editor.document);
  await editor.document.save();
  await inState("invoice.py", "net", "locked", INVOICES);
  assert.ok(existsSync(uriOf(".intaglio/locks/invoice.py.toml", INVOICES).fsPath));
  assert.ok(!existsSync(uriOf(".intaglio", CLAIMS).fsPath), "nothing is written in the other folder");
  assert.equal(status("claims.py", "decide", CLAIMS)?.state, "stub");
});

test("a command of the view works on a file that is not open, and shows it", async () => {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  const fees = uriOf("fees.py", CLAIMS).toString();
  const row = api.specs.getChildren({ kind: "file", uri: fees })[0];
  assert.ok(row?.kind === "spec");
  await vscode.commands.executeCommand("intaglio.validate", row, undefined);
  await until(
    "the file",
    () => vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === fees) !== undefined,
  );
  const told = await until("the refusal of a stub", () =>
    vscode.languages
      .getDiagnostics(uriOf("fees.py", CLAIMS))
      .find((one) => one.message.includes("nothing to validate")),
  );
  assert.match(told.message, /compile it first/);
});

test("a folder that is added brings its specs, and takes them with it", async () => {
  const running = api.session.health;
  const folder = join(uriOf("", CLAIMS).fsPath, "..", "orders");
  mkdirSync(folder);
  writeFileSync(join(folder, "order.py"), "# spec: Double the number.\ndef twice(number: int) -> int: ...\n");
  const rows = () => api.specs.getChildren().filter((node) => node.uri.endsWith("/orders/order.py"));
  assert.ok(vscode.workspace.updateWorkspaceFolders(2, 0, { uri: vscode.Uri.file(folder) }));
  await until("its specs", () => rows().length === 1);
  assert.ok(vscode.workspace.updateWorkspaceFolders(2, 1));
  await until("its specs to go", () => rows().length === 0);
  assert.equal(api.session.health, running, "the server that is still meant goes on");
});

/** Called by the workbench. */
export const run = () => runAll("claims.py");
