import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import onigurumaPackage from "vscode-oniguruma";
import textmatePackage from "vscode-textmate";

const { INITIAL, parseRawGrammar, Registry } = textmatePackage;
const { loadWASM, OnigScanner, OnigString } = onigurumaPackage;

/** Just enough of Python's grammar for an injection to have something to be injected into. */
const PYTHON = {
  scopeName: "source.python",
  patterns: [
    { include: "#comment" },
    { include: "#expression" },
    { match: "\\bdef\\b", name: "storage.type.function.python" },
  ],
  repository: {
    comment: { match: "#.*$", name: "comment.line.number-sign.python" },
    expression: {
      patterns: [
        { begin: '"', end: '"|$', name: "string.quoted.single.python" },
        { begin: "\\(", end: "\\)", name: "meta.parens.python", patterns: [{ include: "#expression" }] },
        { match: "\\b\\d+(\\.\\d+)?\\b", name: "constant.numeric.python" },
      ],
    },
  },
};

async function scopes(text: string): Promise<string[][]> {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await loadWASM(readFileSync(wasm)).catch(() => undefined);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new OnigScanner(sources),
      createOnigString: (string) => new OnigString(string),
    }),
    loadGrammar: async (scope) =>
      scope === "source.python"
        ? parseRawGrammar(JSON.stringify(PYTHON), "python.json")
        : parseRawGrammar(readFileSync("syntaxes/spec.tmLanguage.json", "utf8"), "spec.json"),
    getInjections: (scope) => (scope === "source.python" ? ["source.python.intaglio"] : undefined),
  });
  const grammar = await registry.loadGrammar("source.python");
  let stack = INITIAL;
  return text.split("\n").map((line) => {
    const result = grammar?.tokenizeLine(line, stack);
    stack = result?.ruleStack ?? INITIAL;
    return (result?.tokens ?? []).map(
      (token) => `${line.slice(token.startIndex, token.endIndex)}|${token.scopes.join(" ")}`,
    );
  });
}

describe("colours inside spec comments", () => {
  it("tell directives, prose and expressions apart", async () => {
    const [first, prose, rule, continued] = await scopes(
      '# spec: Decide.\n#   Otherwise deny.\n# rule: bmi >= 30 -> "APPROVE"\n#   "X"\ndef f(): ...',
    );
    expect(first).toContainEqual(expect.stringMatching(/^spec\|.*preprocessor\.directive/));
    expect(prose).toContainEqual(expect.stringMatching(/^ {3}Otherwise deny\.\|.*documentation\.prose/));
    expect(rule).toContainEqual(expect.stringMatching(/^rule\|.*preprocessor\.directive/));
    expect(rule).toContainEqual(expect.stringMatching(/^30\|.*constant\.numeric\.python/));
    expect(rule).toContainEqual(expect.stringMatching(/^->\|.*keyword\.operator\.arrow/));
    expect(continued).toContainEqual(expect.stringMatching(/string\.quoted\.single\.python/));
  });

  it("end with the block, however broken an expression in it is", async () => {
    const [, example, header] = await scopes('# spec: Decide.\n# example: decide(1, "x\ndef f(): ...');
    expect(example).toContainEqual(expect.stringMatching(/meta\.parens\.python/));
    expect(header).toContainEqual("def|source.python storage.type.function.python");
  });

  it("leave other comments alone, in words of a directive too", async () => {
    const [comment] = await scopes("# example: how to call it");
    expect(comment).toEqual(["# example: how to call it|source.python comment.line.number-sign.python"]);
  });
});
