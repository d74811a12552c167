// No colour literal outside the theme, no `fetch` outside api, no file above 300 lines.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const web = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const LONGEST = 300;
const COLOUR = /#[0-9a-f]{3,8}\b(?![^{]*\{#)|\b(?:rgba?|hsla?|oklch|oklab)\(/i;
const NAMED = /:\s*(?:white|black|red|green|blue|orange|yellow|gr[ae]y|silver|purple)\s*[;}]/;

const files = ["src", "gallery", "mock"].flatMap((folder) =>
  readdirSync(join(web, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte|css)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
);

const problems = [];
for (const file of files) {
  const name = relative(web, file);
  const lines = readFileSync(file, "utf8").split("\n");
  if (lines.length > LONGEST && name !== "src/api/types.ts")
    problems.push(`${name}: ${lines.length} lines, at most ${LONGEST}`);
  lines.forEach((line, index) => {
    const at = `${name}:${index + 1}`;
    const code = line.replace(/\{[#/:@][^}]*\}/g, "").replace(/"#\/[^"]*"|#\$?\w+[(?.;, ]|this\.#\w+/g, "");
    const page = name.startsWith("src/") && !name.endsWith(".test.ts");
    if (page && !name.startsWith("src/theme/") && (COLOUR.test(code) || NAMED.test(code)))
      problems.push(`${at}: colour literal`);
    if (page && !name.startsWith("src/api/") && /\bfetch\(/.test(line)) problems.push(`${at}: fetch outside api`);
  });
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length > 0 ? 1 : 0);
