import { describe, expect, it } from "vitest";
import { pictureKey, pieceOf, readPictureKey } from "./pictures.ts";

describe("picture keys", () => {
  it("come back the same", () => {
    const key = { address: "image?sample=3&x=[1]", box: [0, 1.5, 20, 30], most: 96 } as const;
    expect(readPictureKey(pictureKey(key))).toEqual(key);
  });
});

describe("pieceOf", () => {
  it("keeps every pixel of a small piece", () => {
    expect(pieceOf({ box: [1.2, 2, 8.1, 9], most: 96 })).toEqual({
      x: 1,
      y: 2,
      width: 8,
      height: 7,
      resizeWidth: 8,
      resizeHeight: 7,
    });
  });

  it("makes a large one smaller and keeps its shape", () => {
    const piece = pieceOf({ box: [0, 0, 500, 250], most: 100 });
    expect([piece.resizeWidth, piece.resizeHeight]).toEqual([100, 50]);
  });

  it("is never empty", () => {
    expect(pieceOf({ box: [3, 3, 3, 3], most: 10 })).toMatchObject({ width: 1, height: 1, resizeWidth: 1 });
  });
});
