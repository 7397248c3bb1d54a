/**
 * The message with a cancel button while a job runs: attempt, stage, tokens. Drawn from the picture like every other surface, in the stead of
 * the protocol's own progress, which the language client shows in the status bar without a button.
 */

import * as vscode from "vscode";
import type { Picture } from "../picture";
import { describeRefusal, describeRun } from "../presentation";
import { isRunning, type SpecStatus, type Target } from "../protocol";
import type { Session } from "../session";

/** Milliseconds within which a run may end without a message: one whose verdicts are remembered would flash an empty one. */
const UNSEEN = 400;

interface Shown {
  readonly specs: Map<string, Required<Target>>;
  report(specs: readonly SpecStatus[]): void;
  end(): void;
}

export class RunProgress implements vscode.Disposable {
  private readonly shown = new Map<string, Shown>();
  private readonly subscription: { dispose(): unknown };

  constructor(
    private readonly session: Session,
    private readonly picture: Picture,
  ) {
    this.subscription = picture.onChange(() => this.draw());
  }

  dispose(): void {
    this.subscription.dispose();
    for (const shown of this.shown.values()) shown.end();
  }

  private draw(): void {
    const running = new Map<string, SpecStatus[]>();
    for (const { uri, status } of this.picture.all()) {
      if (status === undefined || status.job === "" || !isRunning(status)) continue;
      running.set(status.job, [...(running.get(status.job) ?? []), status]);
      const shown = this.shown.get(status.job) ?? this.begin(status.job);
      this.shown.set(status.job, shown);
      shown.specs.set(status.name, { uri, name: status.name });
    }
    for (const [job, shown] of [...this.shown]) {
      const specs = running.get(job);
      if (specs !== undefined) shown.report(specs);
      else {
        this.shown.delete(job);
        shown.end();
        for (const target of shown.specs.values()) this.tellRefusal(target);
      }
    }
  }

  /** A run that came to nothing ends in a message too: an underlined name alone is easily overlooked. */
  private tellRefusal(target: Required<Target>): void {
    const spec = this.picture.find(target)?.status;
    if (spec?.phase !== "refused") return;
    const why = vscode.languages
      .getDiagnostics(vscode.Uri.parse(target.uri))
      .filter((finding) => {
        const { data } = finding as { readonly data?: { readonly name?: string; readonly stage?: string } };
        return data?.name === target.name && data.stage !== "lock" && data.stage !== "reader";
      })
      .sort((one, other) => one.severity - other.severity)[0];
    const looking = "Show Problems";
    void vscode.window
      .showWarningMessage(describeRefusal(spec, why?.message ?? "refused"), looking)
      .then((choice) => choice && vscode.commands.executeCommand("workbench.actions.view.problems"));
  }

  private begin(job: string): Shown {
    let end = () => {};
    const ended = new Promise<void>((settle) => {
      end = settle;
    });
    let said: vscode.Progress<{ message?: string }> | undefined;
    let latest = "";
    const show = () =>
      vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: "Intaglio", cancellable: true },
        (progress, token) => {
          said = progress;
          progress.report({ message: latest });
          token.onCancellationRequested(
            () => void this.session.execute("intaglio.cancel", { job }).catch(() => undefined),
          );
          return ended;
        },
      );
    const waiting = setTimeout(() => void show(), UNSEEN);
    void ended.then(() => clearTimeout(waiting));
    return {
      specs: new Map(),
      end,
      report: (specs) => {
        const atWork = specs.find((spec) => spec.phase === "generating" || spec.phase === "validating") ?? specs[0];
        const more = specs.length > 1 ? ` (${specs.length - 1} more to come)` : "";
        latest = atWork === undefined ? "" : `${atWork.name}: ${describeRun(atWork)}${more}`;
        said?.report({ message: latest });
      },
    };
  }
}
