"""Which words of a page lie on other words: as a person sees them, clipped and faded as the page has them."""

from typing import TypedDict

from playwright.sync_api import Page

VISIBLE = """() => {
    const shown = [];
    let count = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        if (node.data.trim() === "") continue;
        const parent = node.parentElement;
        if (parent.closest("[role=tooltip], dialog, script, style, noscript, option")) continue;
        if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const clip = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
        for (let at = parent; at !== null; at = at.parentElement) {
            if (getComputedStyle(at).overflow === "visible") continue;
            const box = at.getBoundingClientRect();
            clip.left = Math.max(clip.left, box.left);
            clip.top = Math.max(clip.top, box.top);
            clip.right = Math.min(clip.right, box.right);
            clip.bottom = Math.min(clip.bottom, box.bottom);
        }
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            const left = Math.max(box.left, clip.left), right = Math.min(box.right, clip.right);
            const top = Math.max(box.top, clip.top), bottom = Math.min(box.bottom, clip.bottom);
            if (right - left < 1 || bottom - top < 1) continue;
            const text = node.data.trim(), of = parent.getAttribute("class") ?? "";
            shown.push({ text, of, node: count, left, top, right, bottom });
        }
        count += 1;
    }
    return shown;
}"""


class Words(TypedDict):
    """A line of text, the class of its element, the number of its text node and its box on the screen in CSS pixels."""

    text: str
    of: str
    node: int
    left: float
    top: float
    right: float
    bottom: float


def overlapping(page: Page, *, by: float = 2.0) -> list[tuple[str, str]]:
    """Return the pairs of texts of which one lies on the other by more than so many pixels, both ways."""
    words: list[Words] = page.evaluate(VISIBLE)
    words.sort(key=lambda one: one["top"])
    found: list[tuple[str, str]] = []
    for place, one in enumerate(words):
        for other in words[place + 1 :]:
            if other["top"] >= one["bottom"] - by:
                break
            wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
            high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
            if wide > by and high > by and one["node"] != other["node"]:
                found.append((f"{one['text']} ({one['of']})", f"{other['text']} ({other['of']})"))
    return found
