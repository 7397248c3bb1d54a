/** Puts the parts together. A thin client: what another editor could use as well belongs in the server. */

import * as vscode from "vscode";
import { commandMiddleware, offerRepair, ownCommands } from "./commands";
import { Offers } from "./offers";
import { Picture } from "./picture";
import { whenSelectionChanges } from "./server/python";
import { Session } from "./session";
import { Texts } from "./texts";
import { ArtifactView } from "./views/artifactView";
import { Gutter } from "./views/gutter";
import { StreamingPreview } from "./views/preview";
import { RunProgress } from "./views/progress";
import { SpecsView } from "./views/specsView";
import { StatusBar } from "./views/statusBar";
import { TestTree } from "./views/testTree";

/** What `activate` hands out: for tests, and for extensions that want to know a spec's state. */
export interface Api {
  readonly session: Session;
  readonly picture: Picture;
  readonly specs: SpecsView;
  readonly artifact: ArtifactView;
  readonly tests: TestTree;
}

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<Api> {
  const log = vscode.window.createOutputChannel("Intaglio", { log: true });
  const picture = new Picture();
  const texts = new Texts();
  const offers = new Offers(texts);
  const running = new Session(context, log, picture, {
    ...commandMiddleware(picture, texts),
    handleWorkDoneProgress: () => undefined, // shown by RunProgress, with a button to cancel
    workspace: {
      handleApplyEdit: (parameters, next) =>
        offers.handle(parameters, async (edit) => next(edit, new vscode.CancellationTokenSource().token)),
    },
  });
  session = running;
  const specs = new SpecsView(picture);
  const artifact = new ArtifactView(running, picture);
  const tests = new TestTree(running, picture);
  const parts = { context, log, session: running, picture, specs, artifact };
  context.subscriptions.push(
    log,
    texts,
    running,
    specs,
    artifact,
    tests,
    new StatusBar(running, picture),
    new Gutter(context, picture),
    new RunProgress(running, picture),
    new StreamingPreview(running, picture, texts),
    specs.view.onDidChangeSelection(({ selection: [node] }) => {
      if (node?.kind === "spec") void artifact.show(node);
    }),
    ...Object.entries(ownCommands(parts)).map(([id, act]) => vscode.commands.registerCommand(id, act)),
    running.onChange((health) => {
      if (health.kind === "missing" || health.kind === "failed") void offerRepair(parts);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.trust()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void running.moved()),
    vscode.workspace.onDidCloseTextDocument((document) => picture.forget(document.uri.toString())),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("intaglio.server")) void running.restart();
      else if (event.affectsConfiguration("intaglio")) void running.configure();
    }),
    ...refreshing(running),
  );
  await running.start();
  context.subscriptions.push(whenSelectionChanges(() => void running.reconsider(), log));
  return { session: running, picture, specs, artifact, tests };
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

/** The list of the whole workspace is asked for anew after files came, went, or were written, and after locks changed. */
function refreshing(running: Session): vscode.Disposable[] {
  let waiting: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void running.refresh().catch(() => undefined), 300);
  };
  return ["**/*.py", "**/.intaglio/locks/**/*.toml"].flatMap((pattern) => {
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    return [watcher, watcher.onDidChange(soon), watcher.onDidCreate(soon), watcher.onDidDelete(soon)];
  });
}
