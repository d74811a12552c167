/** Resolves when the page is seen: browsers keep few connections, which pages in the background must not take. */
export function seen(): Promise<void> {
  if (globalThis.document?.visibilityState !== "hidden") return Promise.resolve();
  return new Promise((done) => document.addEventListener("visibilitychange", () => done(), { once: true }));
}
