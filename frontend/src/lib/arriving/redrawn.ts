/** Pictures of kinds that the hub does not read and this browser does, as others. */

const NAMES = /\.(heic|heif|jxl|jp2)$/i;
const TYPES = /^image\/(heic|heif|jxl|jp2)$/;

/** The file as PNG where the browser alone can read it, as JPEG where that would be larger than `mostBytes`; any other
 * file as it is. */
export async function redrawn(file: File, mostBytes: number): Promise<File> {
  if (!NAMES.test(file.name) && !TYPES.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file); // upright
    const canvas = document.createElement("canvas");
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
    picture.close();
    const png = await encoded(canvas, "image/png");
    const blob = png && png.size > mostBytes ? await encoded(canvas, "image/jpeg", JPEG_QUALITY) : png;
    return blob ? new File([blob], file.name, { type: blob.type }) : file;
  } catch {
    return file; // the hub says what it is
  }
}

const JPEG_QUALITY = 0.95;

const encoded = (canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob | null> =>
  new Promise((done) => canvas.toBlob(done, type, quality));
