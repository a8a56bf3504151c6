/** Where a model is drawn with: on how many cards, and on which nodes that offer it without a file, at which price. */
import type { Gpu, ModelFile } from "@/api/types";
import { plural } from "@/lib/format";
import { usd } from "@/lib/money";

type Offer = Gpu["models"][number];

/** The nodes that have it, each with its offer where its kind has no files. */
const having = (file: ModelFile, gpus: readonly Gpu[]): [Gpu, Offer | undefined][] =>
  gpus
    .filter(({ id }) => file.nodes.includes(id))
    .map((gpu) => [gpu, gpu.models.find(({ name }) => name === file.name)]);

/** `2 cards`; `fal, $0.02 a picture`; `1 card and fal, $0.02 a picture`. */
export function whereItIs(file: ModelFile, gpus: readonly Gpu[]): string {
  const offers = having(file, gpus).flatMap(([gpu, offer]) => (offer ? [offerOf(gpu, offer)] : []));
  const cards = file.nodes.length - offers.length;
  return [...(cards || !offers.length ? [plural(cards, "card")] : []), ...offers].join(" and ");
}

function offerOf({ name, cost }: Gpu, { price_usd: offered }: Offer): string {
  if (cost?.per_hour_usd) return `${name}, ${usd(cost.per_hour_usd)} an hour`;
  const price = cost?.per_image_usd ?? offered;
  return price ? `${name}, ${usd(price)} a picture` : name;
}

/** Why no node could draw with it from a picture, or from words alone; null where one could. */
export function refusalOf(file: ModelFile, fromPicture: boolean, gpus: readonly Gpu[]): string | null {
  const nodes = having(file, gpus);
  if (!fromPicture)
    return nodes.length && nodes.every(lacking("txt2img")) ? "takes no words alone: it starts from a picture" : null;
  return nodes.length && nodes.every(lacking("img2img"))
    ? "takes no picture to start from: it draws from words alone"
    : null;
}

const lacking =
  (operation: string) =>
  ([, offer]: [Gpu, Offer | undefined]): boolean =>
    offer !== undefined && !offer.operations.includes(operation);
