/**
 * The one picture of all specs that the server told of. Every surface of the extension (status bar, view, tests, gutter)
 * is drawn from it and from nothing else. Keeps what the server said, and decides nothing: what is green is the server's word.
 */

import type { FileStatus, SpecStatus, SpecSummary, Target } from "./protocol";

/** A spec with its file. `status` is absent for files whose whole picture the server has not sent. */
export interface Known {
  readonly uri: string;
  readonly summary: SpecSummary;
  readonly status?: SpecStatus;
}

export class Picture {
  private files = new Map<string, FileStatus>();
  private workspace: readonly SpecSummary[] = [];
  private readonly listeners = new Set<(uri: string | undefined) => void>();

  /** Call `listener` after each change, with the file that changed; undefined when all may have. Returns what ends it. */
  onChange(listener: (uri: string | undefined) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** A file's whole picture came. One of an older version of the document than is held is left aside. */
  take(status: FileStatus): void {
    const held = this.files.get(status.uri);
    if ((held?.documentVersion ?? -1) > (status.documentVersion ?? Number.POSITIVE_INFINITY)) return;
    this.files.set(status.uri, status);
    this.tell(status.uri);
  }

  /** The list of the whole workspace came. */
  takeWorkspace(specs: readonly SpecSummary[]): void {
    this.workspace = specs;
    this.tell(undefined);
  }

  /** A document was closed: what holds of its file is what the workspace's list says. */
  forget(uri: string): void {
    if (this.files.delete(uri)) this.tell(uri);
  }

  /** The server is gone, and with it everything that it said. */
  clear(): void {
    this.files = new Map();
    this.workspace = [];
    this.tell(undefined);
  }

  file(uri: string): FileStatus | undefined {
    return this.files.get(uri);
  }

  /** All specs, by file and then in the file's order; a file's own picture wins over the workspace's list. */
  all(): Known[] {
    const listed = this.workspace
      .filter((summary) => !this.files.has(summary.uri))
      .map((summary): Known => ({ uri: summary.uri, summary }));
    const told = [...this.files.values()].flatMap((file) =>
      file.specs.map((status): Known => ({ uri: file.uri, status, summary: { uri: file.uri, ...status } })),
    );
    return [...listed, ...told].sort(
      (one, other) => one.uri.localeCompare(other.uri) || one.summary.range.start.line - other.summary.range.start.line,
    );
  }

  /** As `all`, with one for each name of a file: two functions of one name are an error on both, and one row where names are ids. */
  distinct(): Known[] {
    const held = new Map<string, Known>();
    for (const known of this.all()) {
      const id = `${known.uri}::${known.summary.name}`;
      if (!held.has(id)) held.set(id, known);
    }
    return [...held.values()];
  }

  find(target: Target): Known | undefined {
    return this.all().find((known) => known.uri === target.uri && known.summary.name === target.name);
  }

  /** The spec whose comment or function holds the line (from 0). */
  at(uri: string, line: number): SpecStatus | undefined {
    return this.files.get(uri)?.specs.find((spec) => spec.range.start.line <= line && line <= spec.range.end.line);
  }

  private tell(uri: string | undefined): void {
    for (const listener of [...this.listeners]) listener(uri);
  }
}
