/** The view of all specs in the workspace, by file, filtered by state. Drawn from the picture. */

import * as vscode from "vscode";
import type { Known, Picture } from "../picture";
import { lookOf, STATE_NAMES, STATES } from "../presentation";
import type { State } from "../protocol";

export type Node = { readonly kind: "file"; readonly uri: string } | { readonly kind: "spec"; readonly known: Known };

export class SpecsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private shown: ReadonlySet<State> = new Set(STATE_NAMES);
  private readonly changed = new vscode.EventEmitter<undefined>();
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
    const specs = this.picture.all().filter((known) => this.shown.has(known.summary.state));
    if (node === undefined) return [...new Set(specs.map((known) => known.uri))].map((uri) => ({ kind: "file", uri }));
    if (node.kind === "spec") return [];
    return specs.filter((known) => known.uri === node.uri).map((known) => ({ kind: "spec", known }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === "file") {
      const item = new vscode.TreeItem(vscode.Uri.parse(node.uri), vscode.TreeItemCollapsibleState.Expanded);
      item.id = node.uri;
      item.description = true;
      item.iconPath = vscode.ThemeIcon.File;
      item.contextValue = "file";
      return item;
    }
    const { summary, status } = node.known;
    const look = lookOf(status ?? summary);
    const item = new vscode.TreeItem(summary.name);
    item.id = `${node.known.uri}::${summary.name}`;
    item.description = summary.state;
    item.iconPath = new vscode.ThemeIcon(
      look.icon,
      look.colour === undefined ? undefined : new vscode.ThemeColor(look.colour),
    );
    item.tooltip = [look.words, ...summary.reasons].join("\n");
    item.contextValue = summary.state;
    item.accessibilityInformation = { label: `${summary.name}, ${look.words}` };
    item.command = { command: "intaglio.openSpec", title: "Open", arguments: [node] };
    return item;
  }

  private draw(): void {
    const some = this.shown.size < STATE_NAMES.length;
    this.view.description = some ? [...this.shown].join(", ") : "";
    const asking = this.picture
      .all()
      .filter((known) => ["drifted", "stale", "invalid", "orphaned"].includes(known.summary.state)).length;
    this.view.badge = asking === 0 ? undefined : { value: asking, tooltip: `${asking} of the specs ask for something` };
    this.changed.fire(undefined);
  }
}
