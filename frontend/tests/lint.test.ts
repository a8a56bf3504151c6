// @vitest-environment node
/** `npm run check` finds a hook that is called or fed wrongly, wherever in the source it stands. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ESLint } from "eslint";
import { expect, test } from "vitest";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const FOLDERS = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
  .filter((each) => each.isDirectory())
  .map((each) => join(each.parentPath, each.name));

const WRONG = `import { useEffect, useState } from "react";
export function useOwn(told: (value: number) => void, asked: boolean) {
  if (asked) return;
  const [value] = useState(0);
  useEffect(() => told(value), []);
}
`;

test.each([...FOLDERS, join(ROOT, "src")])("in %s", async (folder) => {
  const eslint = new ESLint({ cwd: ROOT });
  for (const name of ["useOwn.ts", "Own.tsx"]) {
    const [result] = await eslint.lintText(WRONG, { filePath: join(folder, name) });
    const found = result?.messages.filter(({ severity }) => severity === 2).map(({ ruleId }) => ruleId);
    expect(found).toEqual(["react-hooks/rules-of-hooks", "react-hooks/rules-of-hooks", "react-hooks/exhaustive-deps"]);
  }
});

test("and the check runs it over all of the source", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: { check: string } };
  expect(scripts.check.split(" && ")).toContain("eslint src");
});
