/** The mask as a picture file, white where the hub shall draw anew. */
import type { Mask } from "@/features/mask/drawing/mask";

/** Throws an Error whose message is a sentence when the browser has no memory for it. */
export async function maskFile({ width, height, data }: Mask): Promise<File> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser has no memory for the mask: close other pages.");
  const image = context.createImageData(width, height);
  for (let index = 0; index < data.length; index++) image.data.set(greyOf(data[index] ?? 0), index * 4);
  context.putImageData(image, 0, 0);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("The browser could not write the mask as a picture.");
  return new File([blob], "mask.png", { type: "image/png" });
}

const OPAQUE = 255;

const greyOf = (value: number): [number, number, number, number] => [value, value, value, OPAQUE];
