/**
 * The Test Explorer's tree: files, their specs, and each spec's four stages. A run validates on the server; what it came to is read
 * from the picture, so a compile from a lens and a run from here show the same.
 */

import * as vscode from "vscode";
import type { Known, Picture } from "../picture";
import { describeStage } from "../presentation";
import { isRunning, type SpecStatus, STAGES, type StageName, type Target } from "../protocol";
import type { Session } from "../session";

type Verb = "intaglio.validate" | "intaglio.compile";

export class TestTree implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController("intaglio", "Intaglio");
  private readonly subscription: { dispose(): unknown };
  /** The specs whose results the Test Explorer shows. */
  private readonly judged = new Set<string>();
  /** Of each spec, what was last told to the Test Explorer, so that nothing is told twice. */
  private readonly told = new Map<string, string>();

  constructor(
    private readonly session: Session,
    private readonly picture: Picture,
  ) {
    const { Run } = vscode.TestRunProfileKind;
    this.controller.createRunProfile(
      "Validate",
      Run,
      (request, token) => this.run(request, token, "intaglio.validate"),
      true,
    );
    this.controller.createRunProfile(
      "Compile",
      Run,
      (request, token) => this.run(request, token, "intaglio.compile"),
      false,
    );
    this.controller.refreshHandler = () => this.session.refresh();
    this.subscription = picture.onChange(() => this.draw());
  }

  dispose(): void {
    this.subscription.dispose();
    this.controller.dispose();
  }

  /** The items as they stand, for tests. */
  get items(): vscode.TestItemCollection {
    return this.controller.items;
  }

  private draw(): void {
    const byFile = new Map<string, Known[]>();
    for (const known of this.picture.distinct()) byFile.set(known.uri, [...(byFile.get(known.uri) ?? []), known]);
    const files = [...byFile].map(([uri, specs]) => {
      const item =
        this.controller.items.get(uri) ??
        this.controller.createTestItem(
          uri,
          vscode.workspace.asRelativePath(vscode.Uri.parse(uri)),
          vscode.Uri.parse(uri),
        );
      item.children.replace(specs.map((known) => this.specItem(item, known)));
      return item;
    });
    this.controller.items.replace(files);
    for (const known of this.picture.distinct())
      if (known.status !== undefined) this.tellOutsideOfRuns(known.uri, known.status);
  }

  private specItem(file: vscode.TestItem, known: Known): vscode.TestItem {
    const id = `${known.uri}::${known.summary.name}`;
    const item =
      file.children.get(id) ?? this.controller.createTestItem(id, known.summary.name, vscode.Uri.parse(known.uri));
    const { start, end } = known.summary.range;
    item.range = new vscode.Range(start.line, start.character, end.line, end.character);
    item.description = known.summary.state;
    if (item.children.size === 0) {
      item.children.replace(
        STAGES.map((stage, place) => {
          const child = this.controller.createTestItem(`${id}::${stage}`, stage, vscode.Uri.parse(known.uri));
          child.sortText = `${place}`;
          return child;
        }),
      );
    }
    item.children.forEach((child) => {
      child.range = item.range;
    });
    return item;
  }

  private itemOf(uri: string, name: string): vscode.TestItem | undefined {
    return this.controller.items.get(uri)?.children.get(`${uri}::${name}`);
  }

  /** What came of work that was not begun here (a lens, a save) is shown as a run of its own, which leaves no entry in the history. */
  private tellOutsideOfRuns(uri: string, spec: SpecStatus): void {
    const item = this.itemOf(uri, spec.name);
    if (item === undefined || isRunning(spec)) return;
    const told = JSON.stringify([spec.stages.map((stage) => [stage.outcome, stage.errors]), spec.outdated]);
    const key = item.id;
    if (this.told.get(key) === told) return;
    this.told.set(key, told);
    const settled = spec.stages.some((stage) => stage.outcome === "passed" || stage.outcome === "failed");
    const holds = settled && !spec.outdated;
    if (!holds && !this.judged.has(key)) return;
    const run = this.controller.createTestRun(new vscode.TestRunRequest([item]), spec.name, false);
    if (holds) this.report(run, item, uri, spec);
    else this.takeBack(run, item);
    run.end();
  }

  /** What was said is about another text: an outdated result would keep its green mark, a skipped one has none. */
  private takeBack(run: vscode.TestRun, item: vscode.TestItem): void {
    this.judged.delete(item.id);
    item.children.forEach((child) => {
      run.skipped(child);
    });
    run.skipped(item);
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken, verb: Verb): Promise<void> {
    const run = this.controller.createTestRun(request);
    if (!vscode.workspace.isTrusted) {
      run.appendOutput("This workspace is not trusted: nothing is run in it.\r\n");
      run.end();
      return;
    }
    const specs = this.specsOf(request);
    for (const item of specs) run.enqueued(item);
    for (const item of specs) {
      if (token.isCancellationRequested) run.skipped(item);
      else await this.runOne(run, item, token, verb);
    }
    run.end();
  }

  /** The specs that a request means: a file stands for its specs, a stage for its spec, since stages build on each other. */
  private specsOf(request: vscode.TestRunRequest): vscode.TestItem[] {
    const specs = new Set<vscode.TestItem>();
    const add = (item: vscode.TestItem) => {
      if (item.parent === undefined) item.children.forEach(add);
      else specs.add(item.parent.parent === undefined ? item : item.parent);
    };
    if (request.include === undefined) this.controller.items.forEach(add);
    else for (const item of request.include) add(item);
    for (const item of request.exclude ?? []) specs.delete(item);
    return [...specs];
  }

  private async runOne(
    run: vscode.TestRun,
    item: vscode.TestItem,
    token: vscode.CancellationToken,
    verb: Verb,
  ): Promise<void> {
    const uri = item.uri?.toString() ?? "";
    const name = item.id.slice(uri.length + 2);
    run.started(item);
    item.children.forEach((child) => {
      run.enqueued(child);
    });
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
      await this.session.request("intaglio/barrier", { uri: document.uri.toString() });
      const { job } = await this.session.execute<{ readonly job: string }>(verb, { uri, name });
      const cancelling = token.onCancellationRequested(() => this.session.execute("intaglio.cancel", { job }));
      const ended = await this.end({ uri, name }, job, (spec) => this.reportRunning(run, item, spec));
      cancelling.dispose();
      this.told.set(
        item.id,
        JSON.stringify([ended.stages.map((stage) => [stage.outcome, stage.errors]), ended.outdated]),
      );
      this.report(run, item, uri, ended);
    } catch (error) {
      run.errored(item, new vscode.TestMessage(error instanceof Error ? error.message : String(error)));
    }
  }

  /**
   * The spec's status once the job is over: it was seen at work and is no more, or the server says that all is done (a run whose
   * verdicts are cached may be over before it was seen). Rejects when the spec or the server goes away meanwhile.
   */
  private async end(target: Required<Target>, job: string, meanwhile: (spec: SpecStatus) => void): Promise<SpecStatus> {
    const current = () => this.picture.find(target)?.status;
    let subscription = { dispose: (): unknown => undefined };
    const watching = new Promise<void>((settle, reject) => {
      let seen = false;
      const look = () => {
        const spec = current();
        if (spec === undefined) reject(new Error(`${target.name} is gone, or the server is`));
        else if (spec.job === job && isRunning(spec)) {
          seen = true;
          meanwhile(spec);
        } else if (seen) settle();
      };
      subscription = this.picture.onChange(look);
      look();
    });
    const barrier = this.session.request("intaglio/barrier", { uri: target.uri });
    await Promise.race([watching, barrier]).finally(() => subscription.dispose());
    const spec = current();
    if (spec === undefined) throw new Error(`${target.name} is gone, or the server is`);
    return spec;
  }

  private reportRunning(run: vscode.TestRun, item: vscode.TestItem, spec: SpecStatus): void {
    for (const stage of spec.stages) {
      const child = item.children.get(`${item.id}::${stage.stage}`);
      if (child !== undefined && stage.outcome === "running") run.started(child);
    }
  }

  private report(run: vscode.TestRun, item: vscode.TestItem, uri: string, spec: SpecStatus): void {
    this.judged.add(item.id);
    for (const stage of spec.stages) {
      const child = item.children.get(`${item.id}::${stage.stage}`);
      if (child === undefined) continue;
      run.appendOutput(`${spec.name}: ${stage.stage} ${describeStage(stage)}\r\n`, undefined, child);
      if (stage.outcome === "passed") run.passed(child, stage.millis ?? undefined);
      else if (stage.outcome === "failed")
        run.failed(child, this.messages(uri, spec, stage.stage), stage.millis ?? undefined);
      else run.skipped(child);
    }
    const failed = spec.stages.find((stage) => stage.outcome === "failed");
    if (failed !== undefined) run.failed(item, this.messages(uri, spec, failed.stage));
    else if (spec.stages.length > 0 && spec.stages.every((stage) => stage.outcome === "passed")) run.passed(item);
    else if (spec.phase === "cancelled") run.skipped(item);
    else run.errored(item, new vscode.TestMessage(spec.reasons.join("; ") || "not validated"));
  }

  /** What the stage said: the findings that are shown in the editor. */
  private messages(uri: string, spec: SpecStatus, stage: StageName): vscode.TestMessage[] {
    const place = vscode.Uri.parse(uri);
    const said = vscode.languages
      .getDiagnostics(place)
      .filter((finding) => finding.severity === vscode.DiagnosticSeverity.Error)
      .filter((finding) => {
        const { data } = finding as { readonly data?: { readonly name?: string; readonly stage?: string } };
        return data?.name === spec.name && data.stage === stage;
      });
    if (said.length === 0) return [new vscode.TestMessage(`${stage} failed; the findings stand beside the function`)];
    return said.map((finding) => {
      const message = new vscode.TestMessage(finding.message);
      message.location = new vscode.Location(place, finding.range);
      return message;
    });
  }
}
