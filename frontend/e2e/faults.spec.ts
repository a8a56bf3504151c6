import { agrees, allDrawn, draft, expect, pick, sessionOf, test, tiles } from "./studio";

test.use({ timeScale: 0.6, apart: true });

const CARDS: Readonly<Record<string, string>> = {
  "RTX 5060 Ti": "gpu-premium",
  "RTX 4060 Ti": "gpu-quality",
  "RTX 3060": "gpu-standard",
  "RTX 3050 Ti": "gpu-draft",
};

test("a reload in the middle of a batch goes on where it was, picks included", async ({ page, studio }) => {
  await draft(page, studio);
  await expect(tiles(page, "complete").first()).toBeVisible();
  await pick(page, 0);
  await expect(page.locator("[data-mark=selected]")).toHaveCount(1);
  const saved = async () =>
    (await studio.get<{ config: { marks?: object } }>(`/api/sessions/${sessionOf(page)}`)).config.marks;
  await expect.poll(async () => Object.keys((await saved()) ?? {}).length, "the pick is saved").toBe(1);
  await page.reload();
  await expect(page.getByLabel("What do you want to see?")).toHaveValue(/lighthouse/);
  await expect(page.locator("[data-mark=selected]")).toHaveCount(1);
  await allDrawn(page, 20);
  await agrees(page, studio);
});

test("a node that dies in the middle of a batch is named, and its picture is drawn elsewhere", async ({
  page,
  studio,
}) => {
  await draft(page, studio);
  // whichever draws: a slow card may be given nothing on a busy machine
  const drawing = tiles(page, "generating").filter({ hasText: /RTX/ }).first();
  const name = /RTX \d+( Ti)?/.exec((await drawing.textContent()) ?? "")?.[0] ?? "";
  await studio.killNode(CARDS[name] ?? name);
  await expect(page.getByRole("link", { name: new RegExp(`${name}.*offline`, "i") })).toBeVisible();
  await allDrawn(page, 20);
  await agrees(page, studio);
});

test("a hub that dies in the middle of a batch and comes back finishes it in the same page", async ({
  page,
  studio,
}) => {
  await draft(page, studio);
  await expect(tiles(page, "complete").first()).toBeVisible();
  await studio.killHub();
  await expect(page.getByText("The hub does not answer", { exact: false }).first()).toBeVisible();
  await pick(page, 0);
  await studio.startHub();
  await allDrawn(page, 20);
  await expect(page.getByText("The hub does not answer", { exact: false })).toHaveCount(0);
  await expect(page.locator("[data-mark=selected]")).toHaveCount(1);
  await agrees(page, studio);
});

test("what a page missed while it was cut off, it knows when it is back", async ({ page, context, studio }) => {
  await draft(page, studio);
  await expect(tiles(page, "complete").first()).toBeVisible();
  await context.setOffline(true);
  const batch = await studio.get<{ generations: { batch_id: string }[] }>("/api/generations?limit=1");
  const batchId = batch.generations[0]?.batch_id;
  await expect
    .poll(async () => (await studio.get<{ status: string }>(`/api/batches/${batchId}`)).status)
    .toBe("complete");
  await context.setOffline(false);
  await allDrawn(page, 20);
  await agrees(page, studio);
});

test("with no node to draw on, the studio says what to do, and goes on when one is there", async ({ page, studio }) => {
  for (const id of ["gpu-premium", "gpu-quality", "gpu-standard", "gpu-draft"]) await studio.killNode(id);
  await page.goto(studio.url);
  await expect(page.getByText("No GPU takes work at present", { exact: false })).toBeVisible();
  await expect(page.getByText("Start ComfyUI there", { exact: false })).toBeVisible();
  await page.getByLabel("What do you want to see?").fill("a lighthouse");
  await page.getByRole("button", { name: "Generate 20 drafts" }).click();
  await expect(tiles(page)).toHaveCount(20);
  await expect(page.getByText(/^Waits: /)).toBeVisible();
  await studio.startNode("gpu-premium");
  await allDrawn(page, 20);
});
