import "../theme/base.css";
import { mount } from "svelte";
import { reportIn } from "../api/report.ts";
import App from "./App.svelte";
import { browserHost } from "./browserHost.ts";
import { leaveTheWheel, notebookHost, welcomed } from "./notebookHost.ts";

const target = document.getElementById("app");
if (!target) throw new Error("the page has no #app");
if (target.dataset.host === "notebook") {
  leaveTheWheel(window);
  void welcomed(window).then((cell) => mount(App, { target, props: { host: notebookHost(cell) } }));
} else {
  mount(App, { target, props: { host: browserHost(reportIn(document)) } });
}
