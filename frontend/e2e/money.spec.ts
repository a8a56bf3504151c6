import { accessible } from "./accessible";
import { allDrawn, expect, SENTENCE, test, tiles } from "./studio";

const GENERATORS = `
  - {id: attic, name: Attic, kind: mock, options: {seconds: 0.4}, tier: standard, capabilities: [sd15, sdxl], vram_gb: 1, max_resolution: 2048, max_batch: 1}
  - {id: cloud, name: Cloud, kind: mock, options: {seconds: 0.1, max_concurrent: 3}, tier: quality, capabilities: [sd15, sdxl], vram_gb: 1, max_resolution: 2048, max_batch: 1, cost: {per_image_usd: 0.02}}
`;

test.use({ nodes: 0, generators: GENERATORS });

test("both ways are told, what was allowed is spent and no more, and the page says on what", async ({
  page,
  studio,
}) => {
  await page.goto(studio.url);
  await page.getByLabel("What do you want to see?").fill(SENTENCE);
  await expect(page.locator("[data-both-ways]")).toContainText(/on your cards – .* on Cloud for \$0\.\d\d/);
  await page.getByRole("textbox", { name: "May cost at most" }).fill("0.06");
  await accessible(page, "what it may cost");
  await page.getByRole("button", { name: "Generate 20 drafts" }).click();
  await allDrawn(page, 20);
  const { total } = await studio.get<{ total: { spent_usd: number; committed_usd: number } }>("/api/costs");
  expect(total.committed_usd).toBe(0);
  expect(total.spent_usd).toBeGreaterThan(0);
  expect(total.spent_usd).toBeLessThanOrEqual(0.06);

  const { generations } = await studio.get<{ generations: { id: string; cost_usd: number | null }[] }>(
    "/api/generations?limit=20",
  );
  const paid = page.locator(`[data-generation="${generations.find((each) => each.cost_usd)?.id}"]`);
  await paid.hover();
  await paid.getByRole("button", { name: "full-screen" }).click();
  await expect(page.locator("[data-viewer] dl")).toContainText("Cost$0.02");
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(tiles(page, "complete")).toHaveCount(20);
  await expect(page.getByRole("textbox", { name: "May cost at most" }).first()).toHaveValue("0.06");

  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Fleet" }).click();
  await expect(page.getByRole("article", { name: "Cloud" })).toContainText("$0.02 a picture");
  await expect(page.getByRole("row", { name: /^The open session/ })).toContainText(`$${total.spent_usd.toFixed(2)}`);
  await accessible(page, "fleet");

  await page.setViewportSize({ width: 390, height: 844 });
  const wider = () => page.getByRole("region", { name: "Costs" }).evaluate((e) => e.scrollWidth - e.clientWidth);
  await expect.poll(wider, { message: "on a phone costs are read without scrolling sideways" }).toBe(0);
  expect(
    await page
      .getByRole("table")
      .first()
      .evaluate((e) => e.scrollWidth - e.clientWidth),
  ).toBe(0);
  await accessible(page, "costs on a phone");

  await page
    .getByRole("button", { name: /^Give back / })
    .first()
    .click();
  await accessible(page, "a machine to be given back on a phone");
  await page.getByRole("button", { name: "Now", exact: true }).click();
  const lend = page.getByRole("button", { name: /^Lend again / });
  await expect(lend).toHaveCount(1);
  await lend.click();
  await expect(lend).toHaveCount(0);
});
