// @vitest-environment node
/** What may import what: app → features → actions → stores, api, components, lib; no feature knows another one; docs, a page of its own → api. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { describe, expect, test } from "vitest";

import schema from "@/api/schema.runtime.json";

const enums: Readonly<Record<string, { values: readonly string[] }>> = schema.enums;

const SRC = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const GENERATED = "api/schema.ts";
const MOST_LINES = 250;
const MOST_FILES = 20;
const MOST_LINES_OF_A_FUNCTION = 60;
const GROUND = new Set(["stores", "api", "components", "lib"]);

type Sources = Readonly<Record<string, string>>;

function sourcesOf(folder: string): Sources {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (each) => each.isFile() && /\.tsx?$/.test(each.name),
  );
  const paths = files.map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(
    paths.map((path) => [relative(folder, path).split(sep).join("/"), readFileSync(path, "utf8")]),
  );
}

/** Paths below src that a file imports, statically, lazily, for its types or to hand them on. */
function importsOf(file: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport|\bimport\s*\()\s*["']([^"']+)["']/g)].map(
    ([, found]) => found ?? "",
  );
  return specifiers.flatMap((each) => {
    if (each.startsWith("@/")) return [each.slice(2)];
    return each.startsWith(".") ? [posix.normalize(posix.join(posix.dirname(file), each))] : [];
  });
}

const layerOf = (path: string): string => path.split("/")[0] ?? "";
const featureOf = (path: string): string => path.split("/")[1] ?? "";

function isAllowed(from: string, to: string): boolean {
  const [above, below] = [layerOf(from), layerOf(to)];
  if (above === "app") return ["app", "features", "actions"].includes(below) || GROUND.has(below);
  if (above === "features")
    return below === "actions" || GROUND.has(below) || (below === "features" && featureOf(from) === featureOf(to));
  if (above === "actions") return below === "actions" || GROUND.has(below);
  if (above === "docs") return below === "docs" || below === "api";
  return GROUND.has(above) && GROUND.has(below);
}

const forbidden = (sources: Sources): string[] =>
  Object.entries(sources).flatMap(([file, text]) =>
    importsOf(file, text)
      .filter((to) => !isAllowed(file, to))
      .map((to) => `${file} imports ${to}`),
  );

const tooLong = (sources: Sources): string[] =>
  Object.entries(sources).flatMap(([file, text]) => {
    const lines = text.replace(/\n$/, "").split("\n").length;
    return file !== GENERATED && lines > MOST_LINES ? [`${file} has ${lines} lines`] : [];
  });

const longFunctions = (sources: Sources): string[] =>
  Object.entries(sources).flatMap(([file, text]) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const found: string[] = [];
    const look = (node: ts.Node): void => {
      const [first, last] = [node.getStart(), node.getEnd()].map((at) => source.getLineAndCharacterOfPosition(at).line);
      const lines = (last ?? 0) - (first ?? 0) + 1;
      if (ts.isFunctionLike(node) && lines > MOST_LINES_OF_A_FUNCTION)
        found.push(`${file}:${(first ?? 0) + 1} has ${lines}`);
      ts.forEachChild(node, look);
    };
    if (file !== GENERATED) look(source);
    return found;
  });

/** Two or more texts in a row that are all values of one of the hub's enums: the document has them already. */
const secondLists = (sources: Sources): string[] =>
  Object.entries(sources).flatMap(([file, text]) =>
    file === GENERATED
      ? []
      : [...text.matchAll(/"[\w-]+"(?:\s*[,|]\s*"[\w-]+")+/g)].flatMap(([list]) => {
          const words = [...list.matchAll(/"([\w-]+)"/g)].map(([, word]) => word ?? "");
          const [same] =
            Object.entries(enums).find(([, { values }]) => words.every((word) => values.includes(word))) ?? [];
          return same ? [`${file} lists values of ${same}: ${words.join(", ")}`] : [];
        }),
  );

/** Folders and files, side by side in some folder, that import one another in a ring, however many lie between. */
function circles(sources: Sources): string[] {
  const arrows = new Map<string, Set<string>>();
  for (const [file, text] of Object.entries(sources))
    for (const to of importsOf(file, text)) {
      const [above, below] = [file.replace(/\.tsx?$/, "").split("/"), to.replace(/\.tsx?$/, "").split("/")];
      const common = above.findIndex((part, index) => part !== below[index]);
      if (common < 0) continue;
      const [from, onto] = [above, below].map((path) => path.slice(0, common + 1).join("/"));
      if (from && onto) arrows.set(from, (arrows.get(from) ?? new Set()).add(onto));
    }
  const reached = (start: string): Set<string> => {
    const seen = new Set<string>();
    const go = (at: string): void => {
      for (const next of arrows.get(at) ?? [])
        if (!seen.has(next)) {
          seen.add(next);
          go(next);
        }
    };
    go(start);
    return seen;
  };
  return [...arrows.keys()].filter((each) => reached(each).has(each)).sort();
}

const crowded = (paths: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  return [...counts].flatMap(([folder, count]) => (count > MOST_FILES ? [`${folder} has ${count} files`] : []));
};

const rawMarkup = (sources: Sources): string[] =>
  Object.entries(sources).flatMap(([file, text]) =>
    /dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write\b/.test(text) ? [file] : [],
  );

describe("the source of the studio", () => {
  const sources = sourcesOf(SRC);

  test("is read as a whole", () => {
    expect(Object.keys(sources)).toEqual(
      expect.arrayContaining(["app/main.tsx", "features/funnel/ImageCard.tsx", "lib/keys.ts", GENERATED]),
    );
    expect(importsOf("app/App.tsx", sources["app/App.tsx"] ?? "")).toContain("features/fleet/FleetPage"); // a lazy one
  });

  test("imports only downwards, and no feature another one", () => expect(forbidden(sources)).toEqual([]));

  test("has no circle of files or folders", () => expect(circles(sources)).toEqual([]));

  test("has no file of more than 250 lines, but for what is generated", () => expect(tooLong(sources)).toEqual([]));

  test("has no second list of what the hub's document lists", () => expect(secondLists(sources)).toEqual([]));

  test("lists the funnel's stages in one place, and their keys in another", () => {
    const listing = Object.keys(sources).filter((file) => /"polished"|\[0, 1, 2, 3\]/i.test(sources[file] ?? ""));
    expect(listing.sort()).toEqual(["lib/keys.ts", "lib/stages.ts"]);
  });

  test("has no folder of more than 20 files", () => expect(crowded(Object.keys(sources))).toEqual([]));

  test("has no function of more than 60 lines", () => expect(longFunctions(sources)).toEqual([]));

  test("makes no markup out of text", () => expect(rawMarkup(sources)).toEqual([]));
});

describe("a source that breaks the rules is named", () => {
  test.each([
    ["stores/gpuStore.ts", `import { App } from "@/app/App";`, "app/App"],
    ["stores/gpuStore.ts", `import { star } from "@/actions/pictures";`, "actions/pictures"],
    ["actions/batches.ts", `import { Page } from "@/features/funnel/StudioPage";`, "features/funnel/StudioPage"],
    ["lib/grid.ts", `import type { Page } from '../features/funnel/StudioPage';`, "features/funnel/StudioPage"],
    [
      "components/Ring.tsx",
      `const Page = lazy(() => import("@/features/fleet/FleetPage"));`,
      "features/fleet/FleetPage",
    ],
    ["features/funnel/a.ts", `import { Viewer } from "@/features/viewer/Viewer";`, "features/viewer/Viewer"],
    ["features/funnel/a.ts", `export * from "../viewer/Viewer";`, "features/viewer/Viewer"],
    ["features/funnel/a.ts", `import {\n  go,\n} from "@/app/App";`, "app/App"],
    ["features/funnel/a.ts", `import "@/app/studio.css";`, "app/studio.css"],
  ])("%s with %s", (file, text, to) => expect(forbidden({ [file]: text })).toEqual([`${file} imports ${to}`]));

  test("and one that keeps them is not", () => {
    const text = `import { a } from "./b";\nimport { c } from "@/stores/c";\nimport { create } from "zustand";`;
    expect(
      forbidden({ "features/funnel/a.ts": text, "app/App.tsx": `import { d } from "@/features/funnel/d";` }),
    ).toEqual([]);
  });

  test("so is a list of the hub's values, as a type or as texts", () => {
    const [set, type] = ['new Set(["ready", "busy"])', 'type Open = "queued" | "running";'];
    expect(secondLists({ "lib/a.ts": set, "lib/b.ts": type, "lib/c.ts": '["ready", "steady"]' })).toEqual([
      "lib/a.ts lists values of NodeState: ready, busy",
      "lib/b.ts lists values of JobStatus: queued, running",
    ]);
  });

  test("so is a circle of files, and one of a folder and what stands beside it", () => {
    const [one, two, three] = ["@/lib/b", "@/lib/c", "./a"].map((from) => `import { x } from "${from}";`);
    expect(circles({ "lib/a.ts": one ?? "", "lib/b.ts": two ?? "", "lib/c.ts": three ?? "" })).toEqual([
      "lib/a",
      "lib/b",
      "lib/c",
    ]);
    const [down, up] = [`import { x } from "./form/b";`, `import { y } from "@/features/f/c";`];
    expect(circles({ "features/f/a.ts": down, "features/f/form/b.ts": up, "features/f/c.ts": down })).toEqual([
      "features/f/c",
      "features/f/form",
    ]);
    expect(circles({ "features/f/a.ts": down, "features/f/form/b.ts": up, "features/f/c.ts": "" })).toEqual([]);
  });

  test("so is a folder of one file too many", () => {
    const files = Array.from({ length: 21 }, (_, index) => `lib/${index}.ts`);
    expect(crowded([...files, ...files.slice(1).map((each) => each.replace("lib", "api"))])).toEqual([
      "lib has 21 files",
    ]);
  });

  test("so is a function of one line too many", () => {
    const of = (lines: number) => `const a = () => {${"\n".repeat(lines - 1)}};`;
    expect(longFunctions({ "lib/a.ts": of(60), "lib/b.ts": `\n${of(61)}` })).toEqual(["lib/b.ts:2 has 61"]);
  });

  test("so is one line too many, and markup that is set as a string", () => {
    expect(
      tooLong({ "lib/a.ts": "\n".repeat(250), "lib/b.ts": "\n".repeat(251), [GENERATED]: "\n".repeat(999) }),
    ).toEqual(["lib/b.ts has 251 lines"]);
    expect(
      rawMarkup({
        "a.tsx": "<p dangerouslySetInnerHTML={x} />",
        "b.ts": "element.innerHTML = x",
        "c.ts": "textContent",
      }),
    ).toEqual(["a.tsx", "b.ts"]);
  });
});
