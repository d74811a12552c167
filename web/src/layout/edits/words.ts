import type { Edit } from "../../state/editing.ts";
import type { Grouping } from "../../state/grouping.ts";
import { counted } from "../words.ts";

/** The ways to group neurons, the usual one first. */
export const METHOD_WORDS: Readonly<Record<Grouping["method"], { name: string; text: string }>> = {
  ward: { name: "Ward", text: "joins the most alike, again and again; the usual one" },
  kmeans: { name: "K-Means", text: "clusters about their means, of about equal width" },
  meanshift: { name: "MeanShift", text: "finds how many there are by density" },
};

type TitleOf = (layer: string, cluster: string) => string;

export const neuronsWords = (neurons: readonly number[]): string =>
  neurons.length === 1 ? `neuron ${neurons[0]}` : counted(neurons.length, "neuron");

/** What an edit was to do, as the part of a sentence after "you wanted to". */
export function wishWords(edit: Edit, titleOf: TitleOf): string {
  const named = (cluster: string): string => `“${"layer" in edit ? titleOf(edit.layer, cluster) : cluster}”`;
  switch (edit.type) {
    case "move":
      return `move ${neuronsWords(edit.neurons)} to ${named(edit.to)}`;
    case "create":
      return `make a new cluster of ${neuronsWords(edit.neurons)}`;
    case "merge":
      return `merge ${edit.clusters.slice(1).map(named).join(", ")} into ${named(edit.clusters[0] ?? "")}`;
    case "split":
      return `split ${named(edit.cluster)}`;
    case "regroup":
      return "group the layer anew";
    case "lock":
      return `${edit.locked === false ? "unlock" : "lock"} ${named(edit.cluster)}`;
    case "rename":
      return edit.name ? `name ${named(edit.cluster)} “${edit.name}”` : `take the name of ${named(edit.cluster)} away`;
    case "note":
      return edit.text ? `write “${edit.text}”` : "remove a note";
    case "save-images":
      return `save ${counted(edit.samples.length, "image")} as “${edit.name}”`;
    case "rename-images":
      return `name the image group “${edit.name}”`;
    case "remove-images":
      return "remove an image group";
  }
}
