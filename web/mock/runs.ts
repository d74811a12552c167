import { type MockRun, mockRun } from "./run.ts";

const CIFAR = ["airplane", "ship", "truck", "automobile", "horse", "deer", "cat", "dog", "bird", "frog"];

const stages = (blocks: number) => [
  { title: "layer1", blocks, neurons: 16, side: 32, field: 15 },
  { title: "layer2", blocks, neurons: 32, side: 16, field: 27 },
  { title: "layer3", blocks, neurons: 64, side: 8, field: 32 },
];

export const resnet20 = (): MockRun =>
  mockRun({
    id: "resnet20",
    model: "resnet20",
    data: "CIFAR-10 test",
    plan: { stages: stages(3), image: 32, classes: 10 },
    classes: CIFAR,
  });

/** Fifty-four blocks: with all groups opened far more columns than fit a screen. */
export const resnet110 = (): MockRun =>
  mockRun({
    id: "resnet110",
    model: "resnet110",
    data: "CIFAR-10 test",
    plan: { stages: stages(18), image: 32, classes: 10 },
    classes: CIFAR,
    complete: false,
    warnings: [
      "Accuracy on the first two batches was near chance: check the preprocessing.",
      "3 images could not be read and were left out.",
    ],
  });

/** A thousand classes and larger images: no list of classes fits. */
export const thousand = (): MockRun =>
  mockRun({
    id: "thousand",
    model: "resnet34",
    data: "ImageNet sample",
    plan: {
      stages: [
        { title: "layer1", blocks: 3, neurons: 64, side: 56, field: 40 },
        { title: "layer2", blocks: 4, neurons: 128, side: 28, field: 64 },
        { title: "layer3", blocks: 6, neurons: 256, side: 14, field: 96 },
      ],
      image: 96,
      classes: 1000,
    },
    classes: Array.from({ length: 1000 }, (_, i) => `${CIFAR[i % 10]} ${Math.floor(i / 10) + 1}`),
  });

/** One wide layer: 2048 neurons, 1000 classes, a few of them without images. */
export const wide = (): MockRun =>
  mockRun({
    id: "wide",
    model: "one wide layer",
    data: "1000 invented classes",
    plan: { stages: [{ title: "layer1", blocks: 1, neurons: 2048, side: 7, field: 24 }], image: 32, classes: 1000 },
    classes: Array.from({ length: 1000 }, (_, i) => `${CIFAR[Math.floor(i / 100)]} ${(i % 100) + 1}`),
    empty: [17, 18, 640],
  });

const range = (start: number, stop: number): number[] => Array.from({ length: stop - start }, (_, i) => start + i);

/** The corners: a cluster of one neuron, one of neurons that never fire, two classes. */
export const corners = (): MockRun =>
  mockRun({
    id: "corners",
    model: "small",
    data: "cats and dogs",
    plan: { stages: [{ title: "layer1", blocks: 1, neurons: 14, side: 8, field: 20 }], image: 32, classes: 2 },
    classes: ["cat", "dog"],
    members: [
      { members: [0], never: false },
      { members: range(1, 6), never: false },
      { members: range(6, 8), never: false },
      { members: range(8, 14), never: true },
    ],
    plain: true,
  });

/** Every column connected with every later one, twelve clusters in each. */
export const dense = (): MockRun =>
  mockRun({
    id: "dense",
    model: "densenet",
    data: "CIFAR-10 test",
    plan: {
      stages: ["layer1", "layer2", "layer3", "layer4", "layer5"].map((title, i) => ({
        title,
        blocks: 1,
        neurons: 36,
        side: 32 >> i,
        field: 8 + 6 * i,
      })),
      image: 32,
      classes: 10,
    },
    classes: CIFAR,
    members: Array.from({ length: 12 }, (_, i) => ({ members: range(3 * i, 3 * i + 3), never: false })),
    dense: true,
  });

const LONG = "a class whose name somebody wrote out with great care";

/** Names of sixty characters, and one class without images. */
export const longNames = (): MockRun =>
  mockRun({
    id: "long-names",
    model: "resnet20",
    data: "CIFAR-10 test",
    plan: { stages: stages(1).slice(1), image: 32, classes: 10 },
    classes: CIFAR.map((name) => `${LONG}: ${name}`.slice(0, 60).padEnd(60, ".")),
    empty: [4],
  });

export const mockRuns = (): MockRun[] => [resnet20(), resnet110(), thousand(), wide(), corners(), dense(), longNames()];
