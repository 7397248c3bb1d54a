/** The status-bar item: the state of the file at hand, or what is wrong with the server. */

import * as vscode from "vscode";
import type { Picture } from "../picture";
import { lookOf, summarize } from "../presentation";
import type { Health, Session } from "../session";
import { SCHEME } from "../texts";

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("intaglio.status", vscode.StatusBarAlignment.Left, 0);
  private readonly subscriptions: { dispose(): unknown }[];
  /** The file at hand. */
  private file: string | undefined;

  constructor(
    private readonly session: Session,
    private readonly picture: Picture,
  ) {
    this.item.name = "Intaglio";
    const draw = () => this.draw();
    this.subscriptions = [
      session.onChange(draw),
      picture.onChange(draw),
      vscode.window.onDidChangeActiveTextEditor(draw),
      vscode.workspace.onDidGrantWorkspaceTrust(draw),
    ];
    this.draw();
  }

  dispose(): void {
    this.item.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private draw(): void {
    const document = vscode.window.activeTextEditor?.document;
    // Beside a comparison of ours, the state of the file that was at hand before it.
    if (document !== undefined && document.uri.scheme !== SCHEME)
      this.file = document.languageId === "python" ? document.uri.toString() : undefined;
    if (document === undefined || this.file === undefined) {
      this.item.hide();
      return;
    }
    if (this.session.health.kind === "running") this.drawFile(this.file);
    else this.drawHealth(this.session.health);
    this.item.show();
  }

  private drawFile(uri: string): void {
    const specs = this.picture.file(uri)?.specs ?? [];
    const summary = summarize(specs);
    const restricted = !vscode.workspace.isTrusted;
    this.item.text = `$(${summary.icon}) Intaglio: ${summary.text}${restricted ? " (restricted)" : ""}`;
    this.item.backgroundColor = summary.alarm ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.command = "intaglio.showFileSpecs";
    const tooltip = new vscode.MarkdownString("", true);
    for (const spec of specs) {
      const look = lookOf(spec);
      tooltip.appendMarkdown(`$(${look.icon}) **`).appendText(spec.name).appendMarkdown("** ").appendText(look.words);
      for (const reason of spec.reasons) tooltip.appendMarkdown("  \n").appendText(`– ${reason}`);
      tooltip.appendMarkdown("\n\n");
    }
    if (restricted) tooltip.appendMarkdown("This workspace is not trusted: no model is asked and nothing is run.");
    this.item.tooltip = tooltip;
  }

  private drawHealth(health: Health): void {
    this.item.backgroundColor = undefined;
    if (health.kind === "missing" || health.kind === "failed") {
      this.item.text =
        health.kind === "missing" ? "$(warning) Intaglio: no server" : "$(error) Intaglio: server failed";
      this.item.tooltip = health.kind === "missing" ? "Click to install one, or to choose where it is" : health.why;
      this.item.backgroundColor = new vscode.ThemeColor("statusBarItem.warningBackground");
      this.item.command = "intaglio.repairServer";
      return;
    }
    this.item.text = health.kind === "starting" ? "$(sync~spin) Intaglio" : "$(circle-slash) Intaglio: stopped";
    this.item.tooltip = health.kind === "starting" ? "Starting the server" : "Click to start the server";
    this.item.command = "intaglio.restartServer";
  }
}
