/**
 * The commands: what stands for a server command when it comes from the palette, a view or a menu; answers that are shown; and the
 * extension's own. The server's commands are registered by the language client; each takes `{uri, name?, ...}`.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { askForKey, forgetKey } from "./keys";
import type { Picture } from "./picture";
import { lookOf } from "./presentation";
import type { DiffAnswer, SpecStatus, Target } from "./protocol";
import { install } from "./server/installing";
import type { Session } from "./session";
import type { Texts } from "./texts";
import type { ArtifactView } from "./views/artifactView";
import type { Node, SpecsView } from "./views/specsView";

/** Server commands that mean one function; from the palette it is the one at the cursor. */
const ON_ONE = ["intaglio.lock", "intaglio.restore", "intaglio.diff", "intaglio.accept", "intaglio.log"];
/** Server commands that mean one function, or all of the file's when the cursor is in none. */
const ON_SOME = ["intaglio.compile", "intaglio.validate"];

/** What asks a model or runs something: not before the workspace is trusted. The server refuses it as well. */
const NEEDS_TRUST = ["intaglio.compile", "intaglio.validate", "intaglio.lock", "intaglio.accept"];

/** In restricted mode: say that nothing runs, with the way to trust. Whether the command must not go on. */
function refusedByTrust(command: string): boolean {
  if (vscode.workspace.isTrusted || !NEEDS_TRUST.includes(command)) return false;
  const managing = "Manage Trust";
  void vscode.window
    .showWarningMessage("This workspace is not trusted: Intaglio asks no model and runs nothing in it.", managing)
    .then((choice) => choice && vscode.commands.executeCommand("workbench.trust.manage"));
  return true;
}

/**
 * The spec that a command is about: what it was called with, a row of the view, or the cursor's. Undefined when there is none, and for a row
 * that went while it was clicked (the editor then hands over nothing in its place): never the cursor's instead.
 */
export function targetOf(
  given: readonly unknown[],
  picture: Picture,
  editor: vscode.TextEditor | undefined,
): Target | undefined {
  const named = given[0] as (Partial<Target> & { readonly kind?: Node["kind"] }) | null | undefined;
  if (typeof named?.uri === "string") {
    const { kind: _, ...target } = named;
    return target as Target;
  }
  if (given.length > 0 || editor === undefined) return undefined;
  const uri = editor.document.uri.toString();
  const spec = picture.at(uri, editor.selection.active.line);
  return spec === undefined ? { uri } : { uri, name: spec.name };
}

/** Say what has to be there first, for a command that does not know what it is about. */
function sayWhatIsMissing(given: readonly unknown[], what: string): void {
  void vscode.window.showInformationMessage(given.length > 0 ? "The list has just changed; try again." : what);
}

/** A file that a command of a view is about may not be open: the server works on open files, and its findings are to be seen. */
async function opened(target: Target): Promise<void> {
  if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === target.uri)) return;
  await vscode.window.showTextDocument(vscode.Uri.parse(target.uri), { preserveFocus: true });
}

/** What stands between the editor and the server's commands: fills in the function that is meant, and shows answers. */
export function commandMiddleware(picture: Picture, texts: Texts): Middleware {
  return {
    executeCommand: async (command, given: unknown[], next) => {
      if (refusedByTrust(command)) return undefined;
      const known = [...ON_ONE, ...ON_SOME].includes(command);
      const target = known ? targetOf(given, picture, vscode.window.activeTextEditor) : undefined;
      if (known && target === undefined) return sayWhatIsMissing(given, "Open a Python file with a spec first.");
      if (ON_ONE.includes(command) && target?.name === undefined)
        return sayWhatIsMissing([], "Put the cursor into a function that has a spec first.");
      if (target !== undefined) await opened(target);
      let answer: unknown;
      try {
        answer = await next(command, target === undefined ? given : [target]);
      } catch (error) {
        return tellUser(error); // the palette would say it in a dialog that has to be closed first
      }
      if (command === "intaglio.diff" && answer) await showDiff(answer as DiffAnswer, texts);
      if (command === "intaglio.log" && answer && target) await showLog(answer, target, texts);
      return answer;
    },
  };
}

async function showDiff(diff: DiffAnswer, texts: Texts): Promise<void> {
  const left = texts.put(`${diff.left.title}.py`, diff.left.text);
  const right = texts.put(`${diff.right.title} .py`, diff.right.text);
  await vscode.commands.executeCommand("vscode.diff", left, right, diff.title, { preview: true });
}

async function showLog(answer: unknown, target: Target, texts: Texts): Promise<void> {
  const lines = Array.isArray(answer)
    ? answer.map((line) => (typeof line === "string" ? line : JSON.stringify(line)))
    : [String(answer)];
  const text = lines.length === 0 ? `Nothing is recorded of ${target.name} yet.\n` : `${lines.join("\n")}\n`;
  const uri = texts.put(`history of ${target.name}.txt`, text);
  await vscode.window.showTextDocument(uri, { preview: true });
}

export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly session: Session;
  readonly picture: Picture;
  readonly specs: SpecsView;
  readonly artifact: ArtifactView;
}

/** The extension's own commands, by id; the manifest lists the same ones. */
export function ownCommands(parts: Parts): Record<string, (...given: unknown[]) => unknown> {
  const { context, log, session, picture, specs, artifact } = parts;
  const run = (command: string, argument: object) =>
    refusedByTrust(command) ? undefined : session.execute(command, argument).then(undefined, tellUser);
  const onOne = async (given: unknown[], act: (target: Required<Target>) => unknown): Promise<unknown> => {
    const target = targetOf(given, picture, vscode.window.activeTextEditor);
    if (target?.name === undefined)
      return sayWhatIsMissing(given, "Put the cursor into a function that has a spec first.");
    await opened(target);
    return act({ uri: target.uri, name: target.name });
  };
  const diff = (given: unknown[], against: "locked" | "candidate") =>
    onOne(given, (target) => vscode.commands.executeCommand("intaglio.diff", { ...target, against }));
  return {
    "intaglio.restartServer": () => session.restart(),
    "intaglio.stopServer": () => session.stop(),
    "intaglio.showLog": () => log.show(),
    "intaglio.installServer": () => installServer(parts),
    "intaglio.chooseServer": () => chooseServer(session),
    "intaglio.repairServer": () => offerRepair(parts),
    "intaglio.setKey": async () => (await askForKey(context)) && session.restart(),
    "intaglio.forgetKey": async () => (await forgetKey(context)) && session.restart(),
    "intaglio.filterSpecs": () => specs.filter(),
    "intaglio.refreshSpecs": () => session.refresh().then(undefined, tellUser),
    "intaglio.showArtifact": (...given) =>
      onOne(given, async (target) => {
        await vscode.commands.executeCommand("intaglio.artifact.focus");
        await artifact.show(target);
      }),
    "intaglio.showFileSpecs": () => showFileSpecs(picture),
    "intaglio.diffLocked": (...given) => diff(given, "locked"),
    "intaglio.diffCandidate": (...given) => diff(given, "candidate"),
    "intaglio.compileWithRemark": (...given) =>
      onOne(given, async (target) => {
        const remark = await vscode.window.showInputBox({
          title: `Compile ${target.name} again`,
          prompt: "What should be different? It goes to the model with the spec.",
        });
        if (remark) await run("intaglio.compile", { ...target, replace: true, remark });
      }),
    "intaglio.adopt": (...given) =>
      onOne(given, async (target) => {
        const reason = await vscode.window.showInputBox({
          title: `Adopt the body of ${target.name} as hand-written`,
          prompt: "Why? The lock file keeps it. The body is locked only if it passes all four stages.",
        });
        if (reason !== undefined) await run("intaglio.lock", { ...target, adopt: true, reason });
      }),
    "intaglio.openSample": () => openSample(context),
  };
}

function tellUser(error: unknown): void {
  void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
}

/** The file's specs in a list; choosing one goes there. */
async function showFileSpecs(picture: Picture): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const specs = picture.file(editor?.document.uri.toString() ?? "")?.specs ?? [];
  if (editor === undefined || specs.length === 0) {
    void vscode.window.showInformationMessage(
      "This file has no spec: a comment that begins with `# spec:` above a function.",
    );
    return;
  }
  const choice = await vscode.window.showQuickPick(
    specs.map((spec: SpecStatus) => {
      const look = lookOf(spec);
      return { label: `$(${look.icon}) ${spec.name}`, description: look.words, detail: spec.reasons.join("; "), spec };
    }),
    { title: "Intaglio: this file's specs", matchOnDescription: true, matchOnDetail: true },
  );
  if (choice === undefined) return;
  const { line, character } = choice.spec.nameRange.start;
  editor.selection = new vscode.Selection(line, character, line, character);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Say what is wrong with the server, and offer the ways out. */
export async function offerRepair(parts: Parts): Promise<void> {
  const { health } = parts.session;
  const installing = "Install";
  const choosing = "Choose...";
  const looking = "Show Log";
  if (health.kind === "missing") {
    const tried = health.why.tried.length === 0 ? "" : ` ${health.why.tried.join(". ")}.`;
    const text = health.why.named
      ? `Intaglio's server cannot be used.${tried}`
      : `Intaglio has no server yet.${tried} It can be installed into an environment of its own; your project's stays as it is.`;
    const choice = await vscode.window.showWarningMessage(
      text,
      ...(health.why.named ? [choosing, looking] : [installing, choosing, looking]),
    );
    if (choice === installing) await installServer(parts);
    if (choice === choosing) await chooseServer(parts.session);
    if (choice === looking) parts.log.show();
  } else if (health.kind === "failed") {
    const again = "Restart";
    const choice = await vscode.window.showErrorMessage(
      `Intaglio's server stopped: ${health.why}`,
      again,
      choosing,
      looking,
    );
    if (choice === again) await parts.session.restart();
    if (choice === choosing) await chooseServer(parts.session);
    if (choice === looking) parts.log.show();
  }
}

async function installServer(parts: Parts): Promise<void> {
  const { context, log, session } = parts;
  const windows = process.platform === "win32";
  if (session.health.kind === "running") {
    const { place, version } = session.health.found;
    const [sample, anyway] = ["Open a Sample", "Install Another"];
    const text = `Intaglio's server runs already: ${place.command} (${place.origin}), version ${version}.`;
    const choice = await vscode.window.showInformationMessage(text, sample, anyway);
    if (choice === sample) await openSample(context);
    if (choice !== anyway) return;
    await session.stop();
  }
  const installed = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: "Intaglio: installing the server (a minute or two)",
      cancellable: true,
    },
    async (progress, token) => {
      const aborting = new AbortController();
      token.onCancellationRequested(() => aborting.abort());
      try {
        await mkdir(context.globalStorageUri.fsPath, { recursive: true });
        return await install({
          environment: session.own,
          wheels: join(context.extensionPath, "server"),
          interpreters: windows ? ["py", "python"] : ["python3", "python", "python3.13", "python3.12", "python3.11"],
          windows,
          report: (line) => log.info(line),
          show: (doing) => progress.report({ message: doing }),
          signal: aborting.signal,
        });
      } catch (error) {
        log.error(`${error}`);
        void vscode.window
          .showErrorMessage(
            `The server was not installed: ${error instanceof Error ? error.message : error}`,
            "Show Log",
          )
          .then((choice) => choice && log.show());
        return undefined;
      }
    },
  );
  await session.start();
  if (installed !== undefined && session.health.kind === "running") {
    const sample = "Open a Sample";
    void vscode.window
      .showInformationMessage("Intaglio's server is installed and running.", sample)
      .then((choice) => choice && openSample(context));
  }
}

async function chooseServer(session: Session): Promise<void> {
  const choice = await vscode.window.showOpenDialog({
    title: "The command intaglio (in an environment's bin or Scripts folder)",
    canSelectMany: false,
  });
  const path = choice?.[0]?.fsPath;
  if (path === undefined) return;
  await vscode.workspace.getConfiguration("intaglio").update("server.path", path, vscode.ConfigurationTarget.Global);
  await session.restart();
}

/** The walkthrough's sample: copied into the workspace, or into a folder that the user chooses. A file that is there stays. */
async function openSample(context: vscode.ExtensionContext): Promise<void> {
  const folder =
    vscode.workspace.workspaceFolders?.[0]?.uri ??
    (
      await vscode.window.showOpenDialog({
        title: "A folder for the sample",
        canSelectFolders: true,
        canSelectFiles: false,
        openLabel: "Put it here",
      })
    )?.[0];
  if (folder === undefined) return;
  const target = vscode.Uri.joinPath(folder, "intaglio_sample.py");
  const text = await readFile(join(context.extensionPath, "media", "walkthrough", "intaglio_sample.py"));
  await writeFile(target.fsPath, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await vscode.window.showTextDocument(target);
}
