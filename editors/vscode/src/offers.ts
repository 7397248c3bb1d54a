/**
 * Edits that the server offers and that a person has to accept: the change is shown as a comparison, and a message asks. The editor's own
 * preview of such edits leaves every change unticked and shows it in one line. One offer after another; no answer is a no.
 */

import * as vscode from "vscode";
import type {
  AnnotatedTextEdit,
  ApplyWorkspaceEditParams,
  ApplyWorkspaceEditResult,
  ChangeAnnotation,
  TextDocumentEdit,
  TextEdit,
} from "vscode-languageclient";
import type { Texts } from "./texts";

export const APPLY = "Apply";
export const KEEP = "Keep for Later";
const COMPARE = "Compare";

/** What an edit asks for: one document's change that has to be confirmed. Undefined for edits that ask for nothing, or are more. */
export function questionOf(
  parameters: ApplyWorkspaceEditParams,
): { readonly uri: string; readonly edits: readonly TextEdit[]; readonly annotation: ChangeAnnotation } | undefined {
  const { documentChanges = [], changeAnnotations = {} } = parameters.edit;
  const annotation = Object.values(changeAnnotations).find((held) => held.needsConfirmation === true);
  const [change, ...others] = documentChanges;
  if (annotation === undefined || change === undefined || others.length > 0 || !("textDocument" in change))
    return undefined;
  return { uri: change.textDocument.uri, edits: change.edits as TextEdit[], annotation };
}

/** The same edit with nothing left to confirm. */
export function confirmed(parameters: ApplyWorkspaceEditParams): ApplyWorkspaceEditParams {
  const documentChanges = (parameters.edit.documentChanges ?? []).map((change) =>
    "textDocument" in change ? { ...change, edits: change.edits.map(withoutAnnotation) } : change,
  );
  return { ...parameters, edit: { documentChanges } };
}

function withoutAnnotation(edit: TextDocumentEdit["edits"][number]): TextDocumentEdit["edits"][number] {
  if (!("newText" in edit)) return edit;
  const { annotationId: _, ...plain } = edit as AnnotatedTextEdit;
  return plain;
}

/** The text with the edits applied; they do not overlap. */
export function applied(
  document: Pick<vscode.TextDocument, "getText" | "offsetAt">,
  edits: readonly TextEdit[],
): string {
  const place = (position: TextEdit["range"]["start"]) =>
    document.offsetAt(new vscode.Position(position.line, position.character));
  const ordered = edits
    .map((edit) => ({ start: place(edit.range.start), end: place(edit.range.end), text: edit.newText }))
    .sort((one, other) => other.start - one.start);
  let text = document.getText();
  for (const edit of ordered) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  return text;
}

export class Offers {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly texts: Texts) {}

  /** What the language client calls for each edit that the server sends. */
  readonly handle = async <Result>(
    parameters: ApplyWorkspaceEditParams,
    apply: (confirmed: ApplyWorkspaceEditParams) => Promise<Result>,
  ): Promise<Result | ApplyWorkspaceEditResult> => {
    const question = questionOf(parameters);
    if (question === undefined) return apply(parameters);
    const turn = this.queue.then(() => this.ask(question));
    this.queue = turn.catch(() => undefined);
    return (await turn) ? apply(confirmed(parameters)) : { applied: false };
  };

  private async ask(question: NonNullable<ReturnType<typeof questionOf>>): Promise<boolean> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(question.uri));
    const name = vscode.workspace.asRelativePath(document.uri);
    const { label, description = "" } = question.annotation;
    const offered = this.texts.put(`${label} in ${name}`, applied(document, question.edits));
    const compare = (preserveFocus: boolean) =>
      vscode.commands.executeCommand("vscode.diff", document.uri, offered, `${name}: ${label}`, {
        preview: true,
        preserveFocus,
      });
    const atHand = vscode.window.activeTextEditor?.document.uri.toString() === document.uri.toString();
    if (atHand) await compare(true);
    const message = `${label} (${description}). Apply it to ${name}?`;
    try {
      for (;;) {
        const shown = tabOf(offered) !== undefined;
        const answer = await vscode.window.showInformationMessage(message, APPLY, ...(shown ? [] : [COMPARE]), KEEP);
        if (answer !== COMPARE) return answer === APPLY;
        await compare(false);
      }
    } finally {
      const tab = tabOf(offered);
      if (tab !== undefined) {
        const { isActive } = tab;
        await vscode.window.tabGroups.close(tab);
        // Else the editor shows what was at hand last before the file: a page of its own, from which nobody would save.
        if (isActive) await vscode.window.showTextDocument(document);
      }
    }
  }
}

function tabOf(modified: vscode.Uri): vscode.Tab | undefined {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .find(
      (tab) => tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.toString() === modified.toString(),
    );
}
