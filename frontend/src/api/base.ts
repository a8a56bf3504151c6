/** Where the hub is: a reverse proxy may show it below a path such as /studio. */

/** The folder of this page, without its slash; empty at the root, and where there is no page. */
const BASE = typeof document === "undefined" ? "" : new URL(".", document.baseURI).pathname.replace(/\/$/, "");

/** A path of the hub as this page reaches it; whatever else (`blob:`, `data:`, a whole address) stays as it is. */
export const reached = (path: string): string => (path.startsWith("/") ? `${BASE}${path}` : path);

/** The name under which a browser keeps what belongs to this hub alone, where several are shown by one machine. */
export const ofThisHub = (name: string): string => `${name}${BASE}`;
