/** An icon in the gutter beside each function that has a spec: its state. Drawn from the picture. */

import * as vscode from "vscode";
import type { Picture } from "../picture";
import { STATE_NAMES } from "../presentation";
import { isRunning, type SpecStatus, type State } from "../protocol";

type Mark = State | "running";

export class Gutter implements vscode.Disposable {
  private readonly types: ReadonlyMap<Mark, vscode.TextEditorDecorationType>;
  private readonly subscriptions: { dispose(): unknown }[];

  constructor(
    context: vscode.ExtensionContext,
    private readonly picture: Picture,
  ) {
    const marks: Mark[] = [...STATE_NAMES, "running"];
    this.types = new Map(
      marks.map((mark) => [
        mark,
        vscode.window.createTextEditorDecorationType({
          gutterIconPath: vscode.Uri.joinPath(context.extensionUri, "media", "gutter", `${mark}.svg`),
          gutterIconSize: "75%",
        }),
      ]),
    );
    this.subscriptions = [
      picture.onChange((uri) => this.drawAll(uri)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.drawAll(undefined)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("intaglio.gutter")) this.drawAll(undefined);
      }),
    ];
    this.drawAll(undefined);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const type of this.types.values()) type.dispose();
  }

  private drawAll(uri: string | undefined): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (uri === undefined || editor.document.uri.toString() === uri) this.draw(editor);
    }
  }

  private draw(editor: vscode.TextEditor): void {
    const wanted = vscode.workspace.getConfiguration("intaglio").get<boolean>("gutter", true);
    const specs = wanted ? (this.picture.file(editor.document.uri.toString())?.specs ?? []) : [];
    for (const [mark, type] of this.types) {
      const lines = specs.filter((spec) => markOf(spec) === mark).map((spec) => spec.nameRange.start.line);
      editor.setDecorations(
        type,
        lines.map((line) => new vscode.Range(line, 0, line, 0)),
      );
    }
  }
}

export function markOf(spec: SpecStatus): Mark {
  return isRunning(spec) ? "running" : spec.state;
}
