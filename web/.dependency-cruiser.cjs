/** The folders of the page and who may know whom: api → state → layout → marks → views → app. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: `^src/${from}/` },
  to: { path: "^src/", pathNot: [`^src/${from}/`, ...allowed.map((one) => `^src/${one}`)] },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unknown", severity: "error", from: {}, to: { couldNotResolve: true, path: "^\\." } },
    {
      name: "no-other-view",
      comment: "A view knows no other view; they meet in the user's state.",
      severity: "error",
      from: { path: "^src/views/([^/]+)/" },
      to: { path: "^src/views/", pathNot: "^src/views/$1/" },
    },
    only("api-knows-nobody", "api", [], "The only folder that fetches, and it knows nothing of the page."),
    only("theme-knows-nobody", "theme", [], "Colours and sizes."),
    only("state-knows-api", "state", ["api", "theme/theme.ts"], "What is loaded and what the user did."),
    only(
      "layout-is-pure",
      "layout",
      [
        "api/types.ts",
        "state/(context|earlier|editing|grouping|imageChoice|largeMatrix|links|trainingView|viewState).ts",
      ],
      "Data in, coordinates out.",
    ),
    only(
      "marks-draw",
      "marks",
      ["api/types.ts", "layout", "state/(async|training|trainingView).ts", "theme/(theme|ramps).ts"],
      "Draw what they are given.",
    ),
    only(
      "views-combine",
      "views",
      [
        "api/types.ts",
        "layout",
        "marks",
        "state/(async|context|earlier|editing|givenImages.svelte|imageChoice|lasting.svelte|links|pictures|saving.svelte|training|trainingView|viewState|shelf.svelte).ts",
        "theme/(theme|ramps).ts",
      ],
      "Functions of context, spec, state and size: no request, no address.",
    ),
    only("notebook-passes-on", "notebook", ["api/bridge.ts"], "The cell around the page: it knows how to talk to it."),
    only("embed-mounts", "embed", ["api/types.ts", "marks", "state", "theme", "views"], "The views for other pages."),
    {
      name: "layout-without-svelte",
      severity: "error",
      from: { path: "^src/(layout|api)/" },
      to: { path: "node_modules/svelte" },
    },
    {
      name: "gallery-through-the-facade",
      severity: "error",
      from: { path: "^gallery/" },
      to: { path: "^src/", pathNot: "^src/(embed|theme|api/types.ts|state)" },
    },
    { name: "no-mock-in-the-page", severity: "error", from: { path: "^src/" }, to: { path: "^(mock|gallery)/" } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "\\.test\\.ts$" },
    enhancedResolveOptions: { extensions: [".ts", ".svelte", ".svelte.ts", ".js", ".mjs", ".css"] },
  },
};
