/** Numbers and times in words for people. */

export function seconds(value: number): string {
  if (value < 9.95) return `${Math.max(value, 0.1).toFixed(1)} s`;
  if (value < 90) return `${Math.round(value)} s`;
  const minutes = Math.round(value / 60);
  return minutes < 90 ? `${minutes} min` : `${(value / 3600).toFixed(1)} h`;
}

/** "about 12 s", or "12–15 s" if both ends differ in writing. */
export function range(low: number, high: number): string {
  const [from, to] = [seconds(low), seconds(high)];
  if (from === to) return `about ${to}`;
  const unit = to.split(" ")[1];
  return from.endsWith(` ${unit}`) ? `${from.split(" ")[0]}–${to}` : `${from} – ${to}`;
}

export const clock = (moment: string): string =>
  new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export const moment = (iso: string): string =>
  new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** "2.3 GB", of 10⁹ bytes; less than a tenth in MB. */
export const gigabytes = (bytes: number): string =>
  bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** A file's name for people: without folder and suffix. */
export const modelName = (file: string): string =>
  (file.split(/[\\/]/).at(-1) ?? file).replace(/\.(safetensors|ckpt|pth|gguf)$/, "");
