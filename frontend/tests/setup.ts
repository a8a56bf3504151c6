import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

configure({ asyncUtilTimeout: 15_000 }); // as a deadline: what is waited for comes at once unless the machine has other work

CSS.registerProperty ??= () => undefined; // the compare slider asks for it when it is loaded; jsdom has none

/** What a browser has and jsdom lacks; nothing is laid out here, so there is nothing to tell. */
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
