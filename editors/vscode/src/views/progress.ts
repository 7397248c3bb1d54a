/**
 * The message with a cancel button while a job runs: attempt, stage, tokens. Drawn from the picture like every other surface, in the stead of
 * the protocol's own progress, which the language client shows in the status bar without a button.
 */

import * as vscode from "vscode";
import type { Picture } from "../picture";
import { describeRun } from "../presentation";
import { isRunning, type SpecStatus } from "../protocol";
import type { Session } from "../session";

interface Shown {
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
    for (const { status } of this.picture.all()) {
      if (status !== undefined && status.job !== "" && isRunning(status))
        running.set(status.job, [...(running.get(status.job) ?? []), status]);
    }
    for (const [job, shown] of [...this.shown]) {
      if (running.has(job)) continue;
      shown.end();
      this.shown.delete(job);
    }
    for (const [job, specs] of running) {
      const shown = this.shown.get(job) ?? this.begin(job);
      this.shown.set(job, shown);
      shown.report(specs);
    }
  }

  private begin(job: string): Shown {
    let end = () => {};
    const ended = new Promise<void>((settle) => {
      end = settle;
    });
    let said: vscode.Progress<{ message?: string }> | undefined;
    let latest = "";
    void vscode.window.withProgress(
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
    return {
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
