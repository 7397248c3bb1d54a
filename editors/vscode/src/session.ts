/**
 * The language server's life: found, started, restarted, stopped; and what is said when that fails. Holds the one client.
 * What the server says goes into the picture; nothing is drawn here.
 */

import type { ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import {
  CloseAction,
  CodeLensResolveRequest,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import { environmentOfKeys, keyNames } from "./keys";
import type { Picture } from "./picture";
import type { FileStatus, Preview, SpecsAnswer } from "./protocol";
import { type Found, find, type Missing, series } from "./server/discovery";
import { type Last, startProcess, wordsOf } from "./server/process";
import { selectedInterpreter } from "./server/python";
import { serverSettingNames, written } from "./settings";

/** What the server's life is at. */
export type Health =
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly found: Found }
  | { readonly kind: "missing"; readonly why: Missing }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "stopped" };

/** Logs what goes wrong and shows none of it: what a user has to know of it, health says, once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** A URI as the editor writes it: the server's own of a file that is not open may differ (`file:///C:/a` for `file:///c%3A/a`). */
function canonical(uri: string): string {
  return vscode.Uri.parse(uri).toString();
}

const CRASHES_BEFORE_GIVING_UP = 3;
const CRASH_WINDOW = 3 * 60_000;

export class Session implements vscode.Disposable {
  health: Health = { kind: "stopped" };
  private client: LanguageClient | undefined;
  private readonly crashes: number[] = [];
  private readonly changed = new vscode.EventEmitter<Health>();
  private readonly previewed = new vscode.EventEmitter<Preview>();
  /** Starts and stops one after another, never interleaved. */
  private queue: Promise<void> = Promise.resolve();
  readonly onChange = this.changed.event;
  readonly onPreview = this.previewed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly picture: Picture,
    private readonly middleware: Middleware,
  ) {}

  get own(): string {
    return join(this.context.globalStorageUri.fsPath, "server");
  }

  /** Find a server and start it; after this, health says what came of it. */
  start(): Promise<void> {
    return this.inTurn(() => this.beginOrFail());
  }

  restart(): Promise<void> {
    return this.inTurn(() => this.beginAnew());
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.end());
  }

  dispose(): void {
    this.changed.dispose();
    this.previewed.dispose();
  }

  /** Another server may be meant now (another environment was selected): that one is started, and one that is still meant goes on. */
  reconsider(): Promise<void> {
    // In turn, search and all: what an older search found is not held against a server that was started since.
    return this.inTurn(async () => {
      if (!this.runs(await this.search())) await this.beginAnew();
    });
  }

  /** Folders came or went: the server that is meant may lie in one of them, and so may specs. */
  async moved(): Promise<void> {
    if (this.health.kind === "stopped") return; // by the user
    await this.reconsider();
    await this.list();
  }

  /** The workspace is trusted now: keys and the workspace's own environment count, so the search begins anew if that matters. */
  trust(): Promise<void> {
    return this.inTurn(async () => {
      if (this.runs(await this.search()) && keyNames(this.context).length === 0)
        await this.client?.sendNotification("intaglio/trust", { trusted: true });
      else await this.beginAnew();
    });
  }

  /** Run a server command. Rejects with a sentence for the user when there is no server. */
  async execute<Answer>(command: string, argument: object): Promise<Answer> {
    return this.request<Answer>("workspace/executeCommand", { command, arguments: [argument] });
  }

  async request<Answer>(method: string, parameters: object): Promise<Answer> {
    if (this.client?.state !== State.Running) throw new Error("Intaglio's server is not running.");
    return this.client.sendRequest<Answer>(method, parameters);
  }

  /** Ask anew for the whole workspace's specs. */
  async refresh(): Promise<void> {
    if (this.client?.state !== State.Running) return;
    const answer = await this.client.sendRequest<SpecsAnswer>("intaglio/specs", {});
    this.picture.takeWorkspace(answer.specs.map((spec) => ({ ...spec, uri: canonical(spec.uri) })));
  }

  /** The settings changed: send those that are written. A server that asks for them itself gets the same. */
  async configure(): Promise<void> {
    if (this.client?.state !== State.Running) return;
    await this.client.sendNotification("workspace/didChangeConfiguration", { settings: { intaglio: this.settings() } });
  }

  private settings(resource?: vscode.Uri): Record<string, unknown> {
    const names = serverSettingNames(this.context.extension.packageJSON);
    return written(vscode.workspace.getConfiguration("intaglio", resource ?? null), names);
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step, step);
    return this.queue;
  }

  private runs(found: Found | Missing): boolean {
    const { health } = this;
    return health.kind === "running" && "place" in found && found.place.command === health.found.place.command;
  }

  private async search(): Promise<Found | Missing> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const trusted = vscode.workspace.isTrusted;
    const setting = vscode.workspace.getConfiguration("intaglio").get<string>("server.path", "").trim();
    const asking = trusted && setting === "";
    return find(
      {
        setting,
        trusted,
        folders: folders.filter((folder) => folder.uri.scheme === "file").map((folder) => folder.uri.fsPath),
        interpreter: asking ? await selectedInterpreter(folders[0]?.uri, this.log) : undefined,
        path: process.env["PATH"] ?? "",
        own: this.own,
        windows: process.platform === "win32",
      },
      this.version,
    );
  }

  private get version(): string {
    return (this.context.extension.packageJSON as { version: string }).version;
  }

  /** Find a server and start it. Health is then `missing` or `running`; what went wrong with one that was found is the answer. */
  private async begin(): Promise<string | undefined> {
    this.become({ kind: "starting" });
    const found = await this.search();
    if (!("place" in found)) {
      for (const line of found.tried) this.log.warn(line);
      this.log.warn(`No server of version ${series(this.version)} was found.`);
      this.become({ kind: "missing", why: found });
      return undefined;
    }
    this.log.info(`Starting ${found.place.command} (${found.place.origin}), version ${found.version}`);
    const last: Last = { said: "", ended: "" };
    const client: QuietClient = new QuietClient(
      "intaglio",
      "Intaglio",
      () => this.spawn(found.place.command, last),
      this.options(() => this.ended(client, last)),
    );
    client.onNotification("intaglio/status", (status: FileStatus) =>
      this.picture.take({ ...status, uri: canonical(status.uri) }),
    );
    client.onNotification("intaglio/preview", (preview: Preview) =>
      this.previewed.fire({ ...preview, uri: canonical(preview.uri) }),
    );
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      const why = last.said || (error instanceof Error ? error.message : String(error));
      this.log.error(`The server did not start: ${why}`);
      return why;
    }
    this.become({ kind: "running", found });
    await this.list();
    return undefined;
  }

  private async list(): Promise<void> {
    await this.refresh().catch((error) => this.log.warn(`The workspace's specs could not be listed: ${error}`));
  }

  private async beginAnew(): Promise<void> {
    this.crashes.length = 0;
    await this.end();
    await this.beginOrFail();
  }

  /** Start, and say it when that fails. */
  private async beginOrFail(): Promise<void> {
    const why = await this.begin();
    if (why !== undefined) this.become({ kind: "failed", why });
  }

  /** The server's process ended without being asked to. What becomes of a start is begin's to say. */
  private ended(client: LanguageClient, last: Last): void {
    if (client === this.client && this.health.kind === "running") void this.inTurn(() => this.recover(client, last));
  }

  /** Start the server again after a crash, unless there were too many lately. A start that fails counts as one. */
  private async recover(crashed: LanguageClient, last: Last): Promise<void> {
    if (crashed !== this.client) return;
    let words = wordsOf(last);
    for (;;) {
      await this.end("starting");
      const now = Date.now();
      this.crashes.push(now);
      if (this.crashes.filter((crash) => now - crash < CRASH_WINDOW).length >= CRASHES_BEFORE_GIVING_UP) {
        const often = `${CRASHES_BEFORE_GIVING_UP} times within ${CRASH_WINDOW / 60_000} minutes`;
        this.become({ kind: "failed", why: `it ended ${often}${words}` });
        return;
      }
      this.log.warn(`The server ended${words}; starting it again.`);
      const why = await this.begin();
      if (why === undefined) return;
      words = `; it said: ${why}`;
    }
  }

  private async end(next: "stopped" | "starting" = "stopped"): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) {
      try {
        if (client.needsStop()) await client.stop(5000);
        await client.dispose();
      } catch (error) {
        this.log.warn(`The server did not stop in order: ${error}`);
      }
    }
    this.picture.clear();
    this.become({ kind: next });
  }

  private become(health: Health): void {
    this.health = health;
    void vscode.commands.executeCommand("setContext", "intaglio.running", health.kind === "running");
    void vscode.commands.executeCommand(
      "setContext",
      "intaglio.missing",
      health.kind === "missing" || health.kind === "failed",
    );
    this.changed.fire(health);
  }

  /** The server's process, in a folder that is nobody's. */
  private async spawn(command: string, last: Last): Promise<ChildProcess> {
    const folder = this.context.globalStorageUri.fsPath;
    await mkdir(folder, { recursive: true });
    const keys = vscode.workspace.isTrusted ? await environmentOfKeys(this.context) : {};
    return startProcess(command, folder, keys, last);
  }

  /**
   * A lens with its command. The editor asks for one after it drew the others, and when a newer list comes meanwhile it puts the older
   * list's command into it, which is gone a moment later: a click on such a lens does nothing. So none is left for it to ask for.
   */
  private async resolved(lens: vscode.CodeLens, token: vscode.CancellationToken): Promise<vscode.CodeLens> {
    const { client } = this;
    if (lens.command !== undefined || client === undefined) return lens;
    try {
      const asked = client.code2ProtocolConverter.asCodeLens(lens);
      return client.protocol2CodeConverter.asCodeLens(
        await client.sendRequest(CodeLensResolveRequest.type, asked, token),
      );
    } catch (error) {
      if (!token.isCancellationRequested) this.log.warn(`A lens could not be completed: ${error}`);
      return lens;
    }
  }

  private options(ended: () => void): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: "file", language: "python" },
        { scheme: "untitled", language: "python" },
      ],
      diagnosticCollectionName: "intaglio",
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => ({
        trusted: vscode.workspace.isTrusted,
        status: 1,
        preview: 1,
        remarks: 1,
        reasons: 1,
        settings: this.settings(),
      }),
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => {
          ended();
          return { action: CloseAction.DoNotRestart, handled: true }; // started again by recover, with a client of its own
        },
      },
      middleware: {
        ...this.middleware,
        provideCodeLenses: async (document, token, next) => {
          const lenses = (await next(document, token)) ?? [];
          return Promise.all(lenses.map((lens) => this.resolved(lens, token)));
        },
        workspace: {
          ...this.middleware.workspace,
          configuration: (request) =>
            request.items.map((item) =>
              item.section === "intaglio"
                ? this.settings(item.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri))
                : null,
            ),
        },
      },
    };
  }
}
