/**
 * The body as it is being written, before anything has checked it: a dimmed line at the end of the function's header, with all of it on
 * hover, or a read-only editor beside. Never a part of the file.
 */

import * as vscode from "vscode";
import type { Picture } from "../picture";
import { isRunning, type Preview } from "../protocol";
import type { Session } from "../session";
import type { Texts } from "../texts";

export class StreamingPreview implements vscode.Disposable {
  private readonly ghost = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor("editorGhostText.foreground"), margin: "0 0 0 3em", fontStyle: "italic" },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly latest = new Map<string, Preview>();
  /** Of those shown in an editor beside, its document. */
  private readonly beside = new Map<string, vscode.Uri>();
  private readonly subscriptions: { dispose(): unknown }[];

  constructor(
    session: Session,
    private readonly picture: Picture,
    private readonly texts: Texts,
  ) {
    this.subscriptions = [
      session.onPreview((preview) => this.take(preview)),
      picture.onChange(() => {
        this.forgetEnded();
        this.drawAll();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.drawAll()),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.ghost.dispose();
  }

  private take(preview: Preview): void {
    const manner = vscode.workspace.getConfiguration("intaglio").get<string>("preview", "ghost");
    if (preview.text === null || manner === "off") this.forget(keyOf(preview));
    else {
      this.latest.set(keyOf(preview), preview);
      if (manner === "beside") void this.showBeside(preview);
    }
    this.drawAll();
  }

  /** A body whose run is over, or whose server is gone, is not being written any more, whatever was said of it last. */
  private forgetEnded(): void {
    for (const [key, preview] of this.latest) {
      const spec = this.picture.find(preview)?.status;
      if (spec === undefined || !isRunning(spec)) this.forget(key);
    }
  }

  private forget(key: string): void {
    this.latest.delete(key);
    const uri = this.beside.get(key);
    this.beside.delete(key);
    if (uri !== undefined) void closeTab(uri);
  }

  private async showBeside(preview: Preview): Promise<void> {
    const key = keyOf(preview);
    const uri = this.texts.put(`${preview.name} (being written, unchecked).py`, preview.text ?? "");
    if (this.beside.has(key)) return;
    this.beside.set(key, uri);
    await vscode.window.showTextDocument(uri, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
    const now = this.latest.get(key);
    if (now === undefined)
      await closeTab(uri); // it was over before it was open
    else this.texts.put(uri.path.slice(1), now.text ?? ""); // the editor takes no news of a document that it is still opening
  }

  private drawAll(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const uri = editor.document.uri.toString();
      const previews = [...this.latest.values()].filter((preview) => preview.uri === uri);
      editor.setDecorations(
        this.ghost,
        previews.flatMap((preview) => this.decoration(preview)),
      );
    }
  }

  private decoration(preview: Preview): vscode.DecorationOptions[] {
    const spec = this.picture.find(preview)?.status;
    if (spec?.phase !== "generating" || spec.attempt !== preview.attempt || preview.text === null) return [];
    const line = spec.nameRange.start.line;
    const hover = new vscode.MarkdownString("Being written; nothing has checked it yet.\n").appendCodeblock(
      preview.text,
      "python",
    );
    return [
      {
        range: new vscode.Range(line, Number.MAX_SAFE_INTEGER, line, Number.MAX_SAFE_INTEGER),
        hoverMessage: hover,
        renderOptions: { after: { contentText: ghostLine(preview.text) } },
      },
    ];
  }
}

function keyOf({ uri, name }: Preview): string {
  return `${uri}::${name}`;
}

async function closeTab(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString());
  await vscode.window.tabGroups.close(tabs);
}

/** The last line that has something on it, with the number of lines so far. */
export function ghostLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const last = lines.at(-1)?.trim() ?? "";
  const shown = last.length > 80 ? `${last.slice(0, 79)}…` : last;
  return lines.length === 0 ? "writing …" : `writing, line ${lines.length}: ${shown}`;
}
