import { describe, expect, it } from "vitest";
import { COMMANDS, commandFor, pressOf } from "./commands.ts";

const press = (key: string, held: string[] = []) => ({
  key,
  ctrlKey: held.includes("Ctrl"),
  metaKey: held.includes("Meta"),
  altKey: held.includes("Alt"),
  shiftKey: held.includes("Shift"),
});

describe("commands", () => {
  it.each([
    [["z", ["Ctrl"]], { edit: "undo" }],
    [["z", ["Meta"]], { edit: "undo" }],
    [["Z", ["Ctrl", "Shift"]], { edit: "redo" }],
    [["Z", ["Meta", "Shift"]], { edit: "redo" }],
    [["y", ["Ctrl"]], { edit: "redo" }],
    [["+", ["Shift"]], { zoom: 1.25 }],
    [["M", ["Shift"]], { card: "move" }],
    [["F2", []], { card: "rename" }],
    [["ArrowUp", []], { step: "up" }],
  ] as const)("%j asks for %j", ([key, held], command) => {
    expect(commandFor(press(key, [...held]))?.command).toEqual(command);
  });

  it.each([
    ["z", []],
    ["z", ["Alt", "Ctrl"]],
    ["ArrowLeft", ["Alt"]],
    ["0", ["Ctrl"]],
    ["m", ["Ctrl"]],
  ])("%s with %j is left to the browser", (key, held) => {
    expect(commandFor(press(key, held))).toBeNull();
  });

  it("have one meaning per key press", () => {
    const presses = COMMANDS.flatMap((row) => Object.keys(row.presses));
    expect(new Set(presses).size).toBe(presses.length);
    expect(pressOf(press("E"))).toBe("e");
  });

  it("say which of them change clusters", () => {
    expect(
      COMMANDS.filter((row) => row.edits && row.where === "picture").every((row) => row.shown.startsWith("drag a")),
    ).toBe(true);
    expect(commandFor(press("h"))?.edits).toBe(true);
    expect(commandFor(press("+"))?.edits).toBe(false);
  });
});
