// Python schema -> JSON Schema -> src/api/types.ts. Python is taken from $PYTHON, else the repository's environment.
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const web = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const local = resolve(web, "../.venv/bin/python");
const python = process.env.PYTHON ?? (existsSync(local) ? local : "python3");
const text = execFileSync(python, [resolve(web, "../tools/wire_types.py")], { encoding: "utf8" });

/** Older spelling of fixed-length arrays, which the compiler understands. */
function tuples(node) {
  if (Array.isArray(node)) return node.map(tuples);
  if (node === null || typeof node !== "object") return node;
  const out = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, tuples(value)]));
  if (Array.isArray(out.prefixItems)) {
    out.items = out.prefixItems;
    out.additionalItems = false;
    out.minItems = out.maxItems = out.prefixItems.length;
    delete out.prefixItems;
  }
  return out;
}

const schema = tuples(JSON.parse(text));
for (const definition of Object.values(schema.definitions)) {
  // Titles inside fields would become type names of their own.
  for (const field of Object.values(definition.properties)) delete field.title;
}
schema.properties = Object.fromEntries(
  Object.keys(schema.definitions).map((name) => [name, { $ref: `#/definitions/${name}` }]),
);
schema.required = Object.keys(schema.definitions);

const banner = "// Generated from src/cnnvis/schema by `npm run types`; do not edit.";
const source = await compile(schema, "Wire", {
  bannerComment: banner,
  additionalProperties: false,
  strictIndexSignatures: true,
  format: true,
  style: { printWidth: 120 },
});
writeFileSync(resolve(web, "src/api/types.ts"), source);
