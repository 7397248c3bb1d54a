/** The details of one artifact: verdicts, provenance, cost, fingerprints, history. What the server answers, laid out as a tree. */

import * as vscode from "vscode";
import type { Picture } from "../picture";
import { describeStage, lookOf, lookOfStage } from "../presentation";
import type { SpecStatus, Target } from "../protocol";
import type { Session } from "../session";

/** The answer to `intaglio/artifact`, as far as this view reads it. Sections that are not there are not shown. */
export interface Artifact {
  readonly name: string;
  readonly state: string;
  readonly reasons?: readonly string[];
  readonly lock?: Readonly<Record<string, unknown>> | null;
  readonly made?: Readonly<Record<string, unknown>> | null;
  readonly fingerprints?: Readonly<Record<string, unknown>> | null;
  readonly history?: readonly unknown[];
}

export interface Row {
  readonly label: string;
  readonly value?: string;
  readonly icon?: vscode.ThemeIcon;
  readonly children?: readonly Row[];
}

/** The rows of one artifact. The stages are the status's own, so that they are those of every other surface. */
export function rowsOf(artifact: Artifact, status: SpecStatus | undefined): Row[] {
  const rows: Row[] = [];
  if (status !== undefined) {
    const look = lookOf(status);
    rows.push({
      label: status.state,
      value: look.words.replace(`${status.state}: `, ""),
      icon: icon(look.icon, look.colour),
      children: status.reasons.map((reason) => ({ label: reason })),
    });
    rows.push({
      label: "Stages",
      children: status.stages.map((stage) => {
        const shown = lookOfStage(stage);
        return { label: stage.stage, value: describeStage(stage), icon: icon(shown.icon, shown.colour) };
      }),
    });
  }
  const section = (label: string, values: unknown) => {
    const children = rowsOfValue(values);
    if (children.length > 0) rows.push({ label, children });
  };
  section("Lock", artifact.lock);
  section("Latest run", artifact.made);
  section("Fingerprints", artifact.fingerprints);
  section("History", artifact.history);
  return rows;
}

function rowsOfValue(value: unknown): Row[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value))
    return value.map((item) =>
      typeof item === "object" && item !== null ? rowOfRecord(item) : { label: String(item) },
    );
  if (typeof value !== "object") return [{ label: String(value) }];
  return Object.entries(value)
    .filter(
      ([, held]) => held !== null && held !== undefined && held !== "" && !(Array.isArray(held) && held.length === 0),
    )
    .map(([label, held]) =>
      typeof held === "object"
        ? { label: label.replaceAll("_", " "), children: rowsOfValue(held) }
        : { label: label.replaceAll("_", " "), value: String(held) },
    );
}

/** A record in a list: its first value is the label, the others are its children. */
function rowOfRecord(record: object): Row {
  const [first, ...others] = Object.entries(record);
  return first === undefined
    ? { label: "" }
    : { label: String(first[1]), children: rowsOfValue(Object.fromEntries(others)) };
}

function icon(name: string, colour: string | undefined): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}

export class ArtifactView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private target: Required<Target> | undefined;
  private rows: readonly Row[] = [];
  private asked = 0;
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly subscriptions: { dispose(): unknown }[];
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Row>;

  constructor(
    private readonly session: Session,
    private readonly picture: Picture,
  ) {
    this.view = vscode.window.createTreeView("intaglio.artifact", { treeDataProvider: this });
    this.subscriptions = [
      this.view.onDidChangeVisibility(() => this.draw()),
      picture.onChange((uri) => {
        if (uri === undefined || uri === this.target?.uri) this.draw();
      }),
      vscode.window.onDidChangeTextEditorSelection((event) => this.follow(event.textEditor)),
    ];
    this.view.message = "Put the cursor into a function that has a spec.";
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  /** Show one spec's details. */
  async show({ uri, name }: Required<Target>): Promise<void> {
    this.target = { uri, name };
    await this.draw();
  }

  getChildren(row?: Row): Row[] {
    return [...(row === undefined ? this.rows : (row.children ?? []))];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const children = row.children ?? [];
    const item = new vscode.TreeItem(
      row.label,
      children.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
    );
    if (children.length > 0 && row.label === "Fingerprints")
      item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
    if (row.value !== undefined) {
      item.description = row.value;
      item.tooltip = `${row.label}: ${row.value}`;
    }
    if (row.icon !== undefined) item.iconPath = row.icon;
    return item;
  }

  private follow(editor: vscode.TextEditor): void {
    const uri = editor.document.uri.toString();
    const spec = this.picture.at(uri, editor.selection.active.line);
    if (spec === undefined || (this.target?.uri === uri && this.target.name === spec.name)) return;
    void this.show({ uri, name: spec.name });
  }

  /** Ask and draw; an answer that a newer question has overtaken is dropped. */
  private async draw(): Promise<void> {
    const { target } = this;
    if (target === undefined || !this.view.visible) return;
    const mine = ++this.asked;
    let rows: Row[] = [];
    let message = "";
    try {
      await vscode.workspace.openTextDocument(vscode.Uri.parse(target.uri)); // the server tells of open files alone
      rows = rowsOf(
        await this.session.request<Artifact>("intaglio/artifact", target),
        this.picture.find(target)?.status,
      );
    } catch (error) {
      message = error instanceof Error ? error.message : String(error);
    }
    if (mine !== this.asked) return;
    this.rows = rows;
    this.view.description = target.name;
    this.view.message = message;
    this.changed.fire(undefined);
  }
}
