// Formats the plugin's Lua with StyLua as ../stylua.toml says: `node format.mjs`. With --check it writes nothing and
// exits 1 when a file is not in that form.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Config, IndentType, OutputVerification, QuoteStyle, formatCode } from "@johnnymorganz/stylua";

const plugin = join(dirname(fileURLToPath(import.meta.url)), "..");
const check = process.argv.includes("--check");

/** The style, from the same file that StyLua's own command reads. */
function readConfig() {
  const config = Config.new();
  const enums = { indent_type: IndentType, quote_style: QuoteStyle };
  for (const line of readFileSync(join(plugin, "stylua.toml"), "utf8").split("\n").filter(Boolean)) {
    const [, name, value] = line.match(/^(\w+) = (.+)$/) ?? [];
    if (name === undefined || !(name in config)) throw new Error(`stylua.toml: a line that is not understood: ${line}`);
    const literal = JSON.parse(value);
    config[name] = name in enums ? enums[name][literal] : literal;
  }
  return config;
}

const files = readdirSync(plugin, { recursive: true })
  .filter((file) => file.endsWith(".lua") && !file.includes("node_modules"))
  .sort();
let unformatted = 0;
for (const file of files) {
  const path = join(plugin, file);
  const before = readFileSync(path, "utf8");
  const after = formatCode(before, readConfig(), undefined, OutputVerification.Full);
  if (after === before) continue;
  unformatted += 1;
  console.log(check ? `not formatted: ${file}` : `formatted: ${file}`);
  if (!check) writeFileSync(path, after);
}
console.log(`${files.length} Lua files, ${unformatted} ${check ? "not in the form of StyLua" : "formatted anew"}`);
process.exit(check && unformatted > 0 ? 1 : 0);
