// The scripted model server, and what it is told and asked.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repository } from "./user.mjs";

/** Answers by `texts`, each held after its first pieces until it is released. */
export async function startModel(texts) {
  const child = spawn(
    join(repository, ".venv", "bin", "python"),
    [join(import.meta.dirname, "model_server.py"), JSON.stringify(texts)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  const ask = (word) => {
    child.stdin.write(`${word}\n`);
    return next();
  };
  const base = await next();
  return {
    base,
    /** What has the server under test ask this model, one answer an attempt. */
    settings: {
      "intaglio.server.path": process.env.INTAGLIO,
      "intaglio.model": "openai/scripted",
      "intaglio.api-base": base,
      "intaglio.max-tokens": 100000,
      "intaglio.candidates": 1,
    },
    release: () => ask("release"),
    requests: async () => (await ask("count")).requests,
    /** Whether a client went away in the middle of an answer. */
    left: async () => (await ask("count")).left,
    /** The keys that the requests came with. */
    keys: async () => (await ask("count")).keys,
    stop: () => child.kill(),
  };
}
