/**
 * The body as it is being written, before anything has checked it: a dimmed line at the end of the function's header, with all of it on
 * hover, or a read-only editor beside. Never a part of the file.
 */

import * as vscode from "vscode";
import type { Picture } from "../picture";
import type { Preview } from "../protocol";
import type { Session } from "../session";
import type { Texts } from "../texts";

export class StreamingPreview implements vscode.Disposable {
  private readonly ghost = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor("editorGhostText.foreground"), margin: "0 0 0 3em", fontStyle: "italic" },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly latest = new Map<string, Preview>();
  private readonly opened = new Set<string>();
  private readonly subscriptions: { dispose(): unknown }[];

  constructor(
    session: Session,
    private readonly picture: Picture,
    private readonly texts: Texts,
  ) {
    this.subscriptions = [
      session.onPreview((preview) => this.take(preview)),
      session.onChange((health) => {
        if (health.kind !== "running") this.forgetAll();
      }),
      picture.onChange(() => this.drawAll()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.drawAll()),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.ghost.dispose();
  }

  private take(preview: Preview): void {
    const key = `${preview.uri}::${preview.name}`;
    const manner = vscode.workspace.getConfiguration("intaglio").get<string>("preview", "ghost");
    if (preview.text === null || manner === "off") {
      this.latest.delete(key);
      this.opened.delete(key);
    } else {
      this.latest.set(key, preview);
      if (manner === "beside") this.beside(key, preview, preview.text);
    }
    this.drawAll();
  }

  private forgetAll(): void {
    this.latest.clear();
    this.opened.clear();
    this.drawAll();
  }

  private beside(key: string, preview: Preview, text: string): void {
    const uri = this.texts.put(`${preview.name} (being written, unchecked).py`, text);
    if (this.opened.has(key)) return;
    this.opened.add(key);
    void vscode.window.showTextDocument(uri, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
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

/** The last line that has something on it, with the number of lines so far. */
export function ghostLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const last = lines.at(-1)?.trim() ?? "";
  const shown = last.length > 80 ? `${last.slice(0, 79)}…` : last;
  return lines.length === 0 ? "writing …" : `writing, line ${lines.length}: ${shown}`;
}
