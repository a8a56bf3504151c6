/** The families of models as people write them; what is not known here is called as the hub calls it. */

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
