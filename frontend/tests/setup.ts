import "@testing-library/jest-dom/vitest";

import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

CSS.registerProperty ??= () => undefined; // the compare slider asks for it when it is loaded; jsdom has none
