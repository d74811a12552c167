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

export const mockRuns = (): MockRun[] => [resnet20(), resnet110(), thousand()];
