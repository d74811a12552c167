import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS, type CommandRow } from "./commands.ts";

const PAGE = fileURLToPath(new URL("../../../docs/reference/gestures.md", import.meta.url));

const row = ({ shown, what, presses }: CommandRow): string =>
  `| ${
    Object.keys(presses).length > 0 || shown === "Enter"
      ? shown
          .split(/\s{2,}/)
          .map((key) => `\`${key}\``)
          .join(" ")
      : shown
  } | ${what} |`;

const table = (rows: readonly CommandRow[]): string =>
  ["", "| key or gesture | what it does |", "|---|---|", ...rows.map(row), ""].join("\n");

const within = (part: string): RegExp => new RegExp(`<!-- ${part} -->\n([\\s\\S]*?)\n?<!-- end -->`);

/** Whether the page is to be written anew: `GESTURES=write npx vitest run commands.docs`. */
const writing = process.env.GESTURES === "write";

describe("the page of keys and gestures", () => {
  it.each([
    ["looking", COMMANDS.filter((one) => !one.edits)],
    ["changing", COMMANDS.filter((one) => one.edits)],
  ])("lists all that the help lists, %s", (part, rows) => {
    const page = readFileSync(PAGE, "utf8");
    const made = `<!-- ${part} -->\n${table(rows)}\n<!-- end -->`;
    if (writing)
      writeFileSync(
        PAGE,
        page.replace(within(part), () => made),
      );
    else expect(within(part).exec(page)?.[1]).toBe(table(rows));
  });
});
