/** Names of model families for people; unknown families keep the hub's name. */

const NAMES = new Map<string, string>(
  Object.entries({
    sd15: "SD 1.5",
    sdxl: "SDXL",
    pony: "Pony",
    illustrious: "Illustrious",
    flux: "Flux",
    "qwen-image": "Qwen-Image",
    "z-image": "Z-Image",
  }),
);

export const familyName = (family: string): string => NAMES.get(family) ?? family;
