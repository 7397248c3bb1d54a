/**
 * The view of all specs in the workspace, by file, filtered by state. Drawn from the picture. A row is a name and keeps its identity, so that
 * only what looks different is drawn anew, and what is clicked meanwhile is still there.
 */

import * as vscode from "vscode";
import type { Known, Picture } from "../picture";
import { lookOf, STATE_NAMES, STATES } from "../presentation";
import type { State } from "../protocol";

export type Node =
  | { readonly kind: "file"; readonly uri: string }
  | { readonly kind: "spec"; readonly uri: string; readonly name: string };

export class SpecsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private shown: ReadonlySet<State> = new Set(STATE_NAMES);
  /** Every row by its id. */
  private nodes = new Map<string, Node>();
  /** What each row that was drawn looked like, in the view's order. */
  private drawn = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<Node[] | undefined>();
  private readonly subscription: { dispose(): unknown };
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Node>;

  constructor(private readonly picture: Picture) {
    this.view = vscode.window.createTreeView("intaglio.specs", { treeDataProvider: this, showCollapseAll: true });
    this.subscription = picture.onChange(() => this.draw());
    this.draw();
  }

  dispose(): void {
    this.subscription.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  /** Ask which states to show. */
  async filter(): Promise<void> {
    const all = this.picture.all();
    const choice = await vscode.window.showQuickPick(
      STATE_NAMES.map((state) => ({
        label: `$(${STATES[state].icon}) ${state}`,
        description: `${all.filter((known) => known.summary.state === state).length}`,
        picked: this.shown.has(state),
        state,
      })),
      { canPickMany: true, title: "Intaglio: show specs that are" },
    );
    if (choice === undefined) return;
    this.show(choice.length === 0 ? STATE_NAMES : choice.map((item) => item.state));
  }

  /** Show the specs in these states only. */
  show(states: readonly State[]): void {
    this.shown = new Set(states);
    this.draw();
  }

  getChildren(node?: Node): Node[] {
    if (node?.kind === "spec") return [];
    const specs = this.specs();
    return node === undefined
      ? [...new Set(specs.map((known) => known.uri))].map((uri) => this.node(uri))
      : specs.filter((known) => known.uri === node.uri).map((known) => this.node(known.uri, known.summary.name));
  }

  getParent(node: Node): Node | undefined {
    return node.kind === "file" ? undefined : this.node(node.uri);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === "file") return fileItem(node.uri);
    const known = this.picture.find(node);
    return known === undefined ? new vscode.TreeItem(node.name) : specItem(known);
  }

  private specs(): Known[] {
    return this.picture.distinct().filter((known) => this.shown.has(known.summary.state));
  }

  private node(uri: string, name?: string): Node {
    const id = idOf(uri, name);
    const held = this.nodes.get(id);
    if (held !== undefined) return held;
    const made: Node = name === undefined ? { kind: "file", uri } : { kind: "spec", uri, name };
    this.nodes.set(id, made);
    return made;
  }

  private draw(): void {
    const some = this.shown.size < STATE_NAMES.length;
    this.view.description = some ? [...this.shown].join(", ") : "";
    const all = this.picture.all();
    const asking = all.filter((known) =>
      ["drifted", "stale", "invalid", "orphaned"].includes(known.summary.state),
    ).length;
    this.view.badge = asking === 0 ? undefined : { value: asking, tooltip: `${asking} of the specs ask for something` };
    this.drawRows();
  }

  /** Have the editor draw what looks different: all of it when rows came, went or moved, else those rows alone. */
  private drawRows(): void {
    const before = this.drawn;
    this.drawn = new Map(
      this.specs().map((known) => [idOf(known.uri, known.summary.name), JSON.stringify(lookedAt(known))]),
    );
    const same = this.drawn.size === before.size && [...this.drawn.keys()].join() === [...before.keys()].join();
    if (!same) {
      this.nodes = new Map([...this.nodes].filter(([id, node]) => node.kind === "file" || this.drawn.has(id)));
      this.changed.fire(undefined);
      return;
    }
    const different = [...this.drawn].filter(([id, look]) => before.get(id) !== look);
    const nodes = different.map(([id]) => this.nodes.get(id)).filter((node) => node !== undefined);
    if (nodes.length > 0) this.changed.fire(nodes);
  }
}

function idOf(uri: string, name: string | undefined): string {
  return name === undefined ? uri : `${uri}::${name}`;
}

/** All that a row is drawn from. */
function lookedAt({ summary, status }: Known): unknown {
  return [lookOf(status ?? summary), summary.state, summary.reasons, summary.range.start.line];
}

function fileItem(uri: string): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.Uri.parse(uri), vscode.TreeItemCollapsibleState.Expanded);
  item.id = uri;
  item.description = true;
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = "file";
  return item;
}

function specItem(known: Known): vscode.TreeItem {
  const { summary, status } = known;
  const look = lookOf(status ?? summary);
  const item = new vscode.TreeItem(summary.name);
  item.id = idOf(known.uri, summary.name);
  item.description = summary.state;
  item.iconPath = new vscode.ThemeIcon(
    look.icon,
    look.colour === undefined ? undefined : new vscode.ThemeColor(look.colour),
  );
  item.tooltip = [look.words, ...summary.reasons].join("\n");
  item.contextValue = summary.state;
  item.accessibilityInformation = { label: `${summary.name}, ${look.words}` };
  item.command = opening(known);
  return item;
}

/**
 * The editor's own command, whose arguments travel with the row. Those of a command of ours are kept in the extension host under a number that
 * ends with the next refresh: a click on a row that was just drawn anew then finds nothing to run.
 */
function opening({ uri, summary }: Known): vscode.Command {
  const { line } = summary.range.start;
  const options: vscode.TextDocumentShowOptions = { selection: new vscode.Range(line, 0, line, 0) };
  return { command: "vscode.open", title: "Open", arguments: [vscode.Uri.parse(uri), options] };
}
