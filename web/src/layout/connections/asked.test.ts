import { describe, expect, it } from "vitest";
import { resnet20 } from "../../../mock/runs.ts";
import { START_LINKS } from "../../state/links.ts";
import { askedConnections, askedPath, connectedColumns, countedConnections } from "./asked.ts";

const { scene } = resnet20();
const user = { open: [], links: START_LINKS };
const traced = {
  ...user,
  links: { ...START_LINKS, trace: { layer: "fc", cluster: null, label: 3, stop: 1, own: null } },
};

describe("askedConnections", () => {
  it("asks for all columns but the input", () => {
    const { columns } = JSON.parse(askedConnections(scene, user) ?? "{}") as { columns: string[] };
    expect(columns).toEqual(connectedColumns(scene, []));
    expect(columns.length).toBe(scene.groups.length);
  });

  it("asks for none where none are to be drawn, or the run has none", () => {
    expect(askedConnections(scene, { ...user, links: { ...START_LINKS, share: 0 } })).toBeNull();
    expect(askedConnections({ ...scene, connected: false }, user)).toBeNull();
    expect(askedConnections({ ...scene, groups: scene.groups.slice(0, 1) }, user)).toBeNull();
  });
});

describe("countedConnections", () => {
  it("asks for few where none are to be drawn, so that they can be counted, else for what is drawn", () => {
    const hidden = { ...user, links: { ...START_LINKS, share: 0 } };
    expect(JSON.parse(countedConnections(scene, hidden) ?? "{}")).toMatchObject({ share: 0.05 });
    expect(countedConnections(scene, user)).toBe(askedConnections(scene, user));
    expect(countedConnections({ ...scene, connected: false }, hidden)).toBeNull();
  });
});

describe("askedPath", () => {
  it("is of what is traced, where there are connections", () => {
    expect(askedPath(scene, traced)).toContain('"label":3');
    expect(askedPath(scene, user)).toBeNull();
    expect(askedPath({ ...scene, connected: false }, traced)).toBeNull();
  });
});
