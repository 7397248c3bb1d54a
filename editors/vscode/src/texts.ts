/** Read-only documents of the extension: the sides of a diff, a log, a body that is being written. Held in memory, shown by the editor. */

import * as vscode from "vscode";

export const SCHEME = "intaglio";

export class Texts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  /** Stands above the registration, which looks for it. */
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private readonly closing = vscode.workspace.onDidCloseTextDocument((document) =>
    this.texts.delete(document.uri.toString()),
  );

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  /** Put a text under a name; what was there under it is replaced, in open editors too. */
  put(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    return uri;
  }

  dispose(): void {
    this.registration.dispose();
    this.closing.dispose();
    this.changed.dispose();
  }
}
