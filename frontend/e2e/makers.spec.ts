import type { Page } from "@playwright/test";

import type { Studio } from "./processes";
import { accessible, THEMES } from "./accessible";
import { greyPng } from "./png";
import { allDrawn, draft, expect, sessionOf, test, tiles } from "./studio";
import { pinchOpen, touches } from "./touch";

const SHOTS = process.env["VIBES_SHOTS"];

/** For people to look at, where a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  for (const theme of THEMES) {
    await page.evaluate((to) => (document.documentElement.dataset["theme"] = to), theme);
    await page.screenshot({ path: `${SHOTS}/${name}-${theme}.png` });
  }
}

const photo = { name: "photo.png", mimeType: "image/png", buffer: greyPng(96) };
const painter = (page: Page) => page.locator("[data-mask-painter]");
const frame = (page: Page) => page.locator("[data-mask-frame]");
const card = (page: Page) => page.getByRole("region", { name: "Start picture" });

interface Drawn {
  id: string;
  status: string;
  workflow: string;
  parent_id: string | null;
  denoise_strength: number;
  parameters: Record<string, unknown>;
  image_url: string;
}

const drawnOf = async (studio: Studio, session: string): Promise<Drawn[]> =>
  (await studio.get<{ generations: Drawn[] }>(`/api/sessions/${session}`)).generations;

async function openFirst(page: Page): Promise<void> {
  await tiles(page, "complete").first().locator("> button").dblclick();
  await expect(page.locator("[data-viewer]")).toBeVisible();
}

/** A file as an office program or a screenshot tool leaves it in the clipboard, or as it is dropped. */
async function bring(page: Page, how: "paste" | "drop"): Promise<void> {
  const bytes = [...greyPng(80)];
  await page.evaluate(
    ({ how, bytes }) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], `${how}ed.png`, { type: "image/png" }));
      const given = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(
        how === "paste"
          ? new ClipboardEvent("paste", { ...given, clipboardData: data })
          : new DragEvent("drop", { ...given, dataTransfer: data }),
      );
    },
    { how, bytes },
  );
}

/** An image dragged from another window, of which the browser hands over its address alone. */
async function carry(page: Page, address: string): Promise<void> {
  await page.evaluate((address) => {
    const data = new DataTransfer();
    data.setData("text/uri-list", address);
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  }, address);
}

test("a picture of one's own is started from, whatever way it comes, and stays over a reload", async ({
  page,
  context,
  studio,
}) => {
  await page.goto(studio.url);
  await page.getByLabel("Start from a picture").setInputFiles(photo);
  await expect(card(page).getByRole("img", { name: "photo.png" })).toBeVisible();
  const strength = card(page).getByRole("slider");
  await strength.focus();
  for (let press = 0; press < 6; press++) await page.keyboard.press("ArrowLeft");
  await expect(strength).toHaveAttribute("aria-valuetext", "30 %: Subtly changed");
  await accessible(page, "start picture");
  await page.reload();
  await expect(card(page).getByRole("img", { name: "photo.png" })).toBeVisible();
  await expect(card(page).getByRole("slider")).toHaveValue("0.3");
  await shoot(page, "start-1440");

  await card(page).getByRole("button", { name: "Remove the start picture" }).click();
  await expect(card(page)).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(card(page)).toBeVisible();
  await bring(page, "drop");
  await expect(card(page).getByText("droped.png")).toBeVisible();
  await bring(page, "paste");
  await expect(card(page).getByText("pasteed.png")).toBeVisible();
  await page.getByLabel("Replace the start picture").setInputFiles({ ...photo, buffer: Buffer.from("no picture") });
  await expect(page.getByRole("alert")).toContainText("photo.png cannot be used");

  await page.getByLabel("What do you want to see?").fill("a lighthouse");
  await expect(page.locator("[data-estimate]")).toContainText("20 pictures");
  await page.getByRole("button", { name: "Generate 20 drafts" }).click();
  await allDrawn(page, 20);
  const [first] = await drawnOf(studio, sessionOf(page));
  expect(first).toMatchObject({ workflow: "sd15_img2img", denoise_strength: 0.3, parent_id: null });
  expect(first?.parameters["image"]).toMatch(/^artifact:/);

  await carry(page, "https://example.com/cat.png");
  await expect(page.getByRole("alert")).toContainText("an address at example.com, which this page may not read");
  await carry(page, new URL(first!.image_url, studio.url).href);
  await expect(card(page).getByText("a lighthouse")).toBeVisible();

  const other = await context.newPage();
  await other.goto(page.url());
  await expect(card(other)).toBeVisible();
  await card(page).getByRole("button", { name: "Remove the start picture" }).click();
  await expect(card(other), "in the other window, too").toBeHidden();
});

test("a start picture that is gone from the hub is brought back from the browser, or said before anything is sent", async ({
  page,
  studio,
}) => {
  await page.goto(studio.url);
  await page.getByLabel("What do you want to see?").fill("a lighthouse");
  await page.getByLabel("Start from a picture").setInputFiles(photo);
  await expect(card(page)).toBeVisible();
  const lose = (times?: number) =>
    page.route("**/api/artifacts/*", (route) => route.fulfill({ status: 404, json: { detail: "gone" } }), {
      ...(times && { times }),
    });
  await lose(1);
  await page.reload();
  await expect(page.getByText("1 picture gone from the hub was sent again")).toBeVisible();
  await expect(card(page).getByRole("img", { name: "photo.png" })).toBeVisible();
  await page.evaluate(
    () => new Promise((gone) => Object.assign(indexedDB.deleteDatabase("vibes-studio"), { onsuccess: gone })),
  );
  await lose();
  await page.reload();
  await expect(card(page).getByRole("alert")).toContainText("Choose it again, or remove it");
});

/** A stroke over the left half of the picture. */
async function stroke(page: Page): Promise<void> {
  const box = (await frame(page).boundingBox())!;
  const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
  await page.mouse.move(...at(0.4, 0.4));
  await page.mouse.down();
  await page.mouse.move(...at(0.42, 0.6), { steps: 5 });
  await page.mouse.move(...at(0.45, 0.45), { steps: 5 });
  await page.mouse.up();
}

/**
 * How far the means of squares differ at most between two pictures, 0 to 255; a square is one of 16 × 16, told by its
 * column and row. One pixel would not do: a result larger than its source lies between the source's pixels.
 */
const difference = (page: Page, one: string, other: string, places: readonly (readonly [number, number])[]) =>
  page.evaluate(
    async ({ urls, places }) => {
      const means = await Promise.all(
        urls.map(async (url) => {
          const bitmap = await createImageBitmap(await (await fetch(url)).blob());
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
          context.drawImage(bitmap, 0, 0);
          const side = Math.round(bitmap.width / 16);
          return places
            .map(([column, row]) => {
              const { data } = context.getImageData(column * side, row * side, side, side);
              return [0, 1, 2].map((band) => data.reduce((sum, value, at) => (at % 4 === band ? sum + value : sum), 0));
            })
            .map((sums) => sums.map((sum) => sum / side ** 2));
        }),
      );
      const [first = [], second = []] = means;
      return first.map((each, place) =>
        Math.max(...each.map((value, band) => Math.abs(value - (second[place]?.[band] ?? 0)))),
      );
    },
    { urls: [one, other], places },
  );

test("what is painted by mouse is drawn anew, the rest stays, and the result lies beside it", async ({
  page,
  studio,
}) => {
  await draft(page, studio);
  await allDrawn(page, 20);
  await openFirst(page);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(frame(page)).toBeVisible();
  await expect(painter(page).getByRole("button", { name: /^Redraw/ })).toBeDisabled();
  await stroke(page);
  await expect(
    painter(page)
      .getByText(/% of the picture is drawn anew/)
      .first(),
  ).toBeVisible();
  await accessible(page, "mask painter");
  await page.setViewportSize({ width: 1440, height: 900 });
  await shoot(page, "mask-1440");

  await painter(page).getByRole("button", { name: "Undo" }).click();
  await expect(painter(page).getByRole("button", { name: /^Redraw/ })).toBeDisabled();
  await painter(page).getByRole("button", { name: "Redo" }).click();
  await page.keyboard.press("Escape");
  await expect(painter(page), "closed").toBeHidden();
  await page.reload();
  await openFirst(page);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(
    painter(page)
      .getByText(/% of the picture is drawn anew/)
      .first(),
    "the mask is kept over a reload",
  ).toBeVisible();

  await painter(page).getByLabel("What shall be there?").fill("a red door");
  await expect(painter(page).getByText(/2 pictures · .*RTX/)).toBeVisible();
  await painter(page).getByRole("button", { name: "Redraw in 2 pictures" }).click();
  await expect(page.locator("[data-viewer]"), "makes room for the results").toBeHidden();
  await expect(page.getByText("2 pictures with the painted part drawn anew are asked for")).toBeVisible();
  await allDrawn(page, 22);
  const all = await drawnOf(studio, sessionOf(page));
  const [result] = all.filter(({ workflow }) => workflow === "sd15_inpaint");
  const source = all.find(({ id }) => id === result?.parent_id);
  expect(result, "says where it comes from").toMatchObject({ prompt: "a red door", denoise_strength: 0.8 });
  const [inside, ...outside] = await difference(page, source!.image_url, result!.image_url, [
    [6, 7],
    [1, 3],
    [13, 7],
    [7, 1],
  ]);
  expect(inside).toBeGreaterThan(4);
  expect(Math.max(...outside), "but for what scaling does").toBeLessThanOrEqual(3);
});

test("a mask is painted by keyboard alone", async ({ page, studio }) => {
  await draft(page, studio);
  await allDrawn(page, 20);
  await tiles(page).first().locator("> button").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Edit", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(frame(page)).toBeFocused();
  const covered = () =>
    painter(page)
      .getByText(/% of the picture is drawn anew/)
      .first();
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press("Space", "ArrowRight", "ArrowRight", "Space");
  await expect(covered()).toBeVisible();
  await press("Control+z");
  await expect(covered()).toBeHidden();
  await press("r", "Space", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "Enter");
  await expect(covered()).toBeVisible();
  await press("i", "f", "e", "b", "]", "]", "Space", "Space", "Delete");
  await expect(covered()).toBeHidden();
  await press("e", "l", "Space", "ArrowRight", "ArrowRight", "ArrowRight", "Space", "ArrowDown", "ArrowDown", "Space");
  await press("ArrowDown", "Escape");
  await expect(painter(page), "Escape drops the outline alone").toBeVisible();
  await press("Space", "ArrowRight", "ArrowRight", "ArrowRight", "Space", "ArrowDown", "ArrowDown", "Space", "Enter");
  await expect(covered()).toBeVisible();
  await press("+", "Shift+ArrowLeft", "-", "0", "?");
  const list = page.getByRole("dialog", { name: "Keys of the mask painter" });
  await expect(list.getByText("Undo")).toBeVisible();
  await accessible(page, "keys of the painter");
  await press("Escape");
  await expect(list).toBeHidden();
  await expect(tiles(page).first(), "no key reached the viewer beneath").not.toHaveAttribute("data-mark", "rejected");
  await painter(page).getByLabel("Pictures", { exact: true }).focus();
  await press("Control+a", "1", "Enter");
  await allDrawn(page, 21);
});

test("any picture is varied, enlarged and explored from, also out of the gallery", async ({ page, studio }) => {
  await draft(page, studio);
  await allDrawn(page, 20);
  await openFirst(page);
  const tools = page.getByRole("region", { name: "Go on from this picture" });
  await tools.getByRole("button", { name: "Vary subtly" }).click();
  await expect(page.getByText("4 subtle variations are asked for")).toBeVisible();
  await allDrawn(page, 24);
  const session = sessionOf(page);
  const varied = (await drawnOf(studio, session)).filter(({ workflow }) => workflow === "sd15_img2img");
  expect(varied.map((each) => [each.denoise_strength, each.parent_id !== null])).toEqual(Array(4).fill([0.35, true]));

  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Gallery" }).click();
  await page.getByRole("gridcell").first().getByRole("button").first().click();
  await expect(page.locator("[data-viewer]")).toBeVisible();
  await accessible(page, "viewer with what can be begun");
  await page.setViewportSize({ width: 1440, height: 900 });
  await shoot(page, "viewer-1440");
  await tools.getByRole("button", { name: "Upscale" }).click();
  const upscaling = page.locator("[data-sonner-toast]").filter({ hasNotText: "variations" });
  await upscaling.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect
    .poll(async () => (await drawnOf(studio, session)).at(-1)?.status, { message: "thought better of" })
    .toMatch(/cancelled|complete/);
  await page.getByRole("gridcell").first().getByRole("button").first().click();
  await tools.getByRole("button", { name: "Explore from here" }).click();
  await expect(page).not.toHaveURL(new RegExp(`#/(gallery|session/${session})`));
  const explored = await studio.get<{ flow_type: string; config: Record<string, Record<string, unknown>> }>(
    `/api/sessions/${sessionOf(page)}`,
  );
  expect(explored.flow_type).toBe("explorer");
  expect((await drawnOf(studio, session)).map(({ id }) => id)).toContain(explored.config["explorer"]?.["start"]);
});

test.describe("in a hub without jobs", () => {
  test.use({ alone: true });

  test("the workbench's mask is painted over the picture of its task", async ({ page, studio }) => {
    await page.goto(`${studio.url}/#/workbench`);
    await page.locator('nav [data-type="sd15.inpaint"]').click();
    await expect(page.getByText("To paint it here, choose the picture first.")).toBeVisible();
    await page.getByLabel("Image: choose a file").setInputFiles(photo);
    await page.getByRole("button", { name: "Paint the mask" }).click();
    await expect(painter(page).getByRole("button", { name: "Use this mask" })).toBeDisabled();
    await page.keyboard.press("r");
    await stroke(page);
    await painter(page).getByRole("button", { name: "Use this mask" }).click();
    await expect(page.locator('[data-picture-field="mask"]').getByAltText("Painted mask")).toBeVisible();
    await page.getByLabel("Prompt", { exact: true }).fill("a red door");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(page.locator("[data-job][data-status=complete]")).toHaveCount(1);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("one finger paints, two move and zoom", async ({ page, studio }) => {
    await draft(page, studio);
    await allDrawn(page, 20);
    await page
      .getByRole("button", { name: /full-screen/ })
      .first()
      .tap();
    await page.getByRole("button", { name: "Go on, details" }).tap();
    await page.getByRole("button", { name: "Edit", exact: true }).tap();
    const redraw = page.getByRole("button", { name: /^Redraw/ });
    await expect(redraw).toBeInViewport({ ratio: 1 });
    const choice = (await page.getByText("Only the painted part").boundingBox())!;
    const below = (await redraw.boundingBox())!.y;
    expect(choice.y + choice.height, "what can be chosen is in sight without scrolling").toBeLessThan(below);
    const box = (await frame(page).boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const client = await page.context().newCDPSession(page);
    await touches(client, "touchStart", [x - 20, y]);
    for (let step = 0; step < 5; step++) await touches(client, "touchMove", [x - 20 + step * 10, y + step * 4]);
    await touches(client, "touchEnd");
    const covered = painter(page)
      .getByText(/% of the picture is drawn anew/)
      .first();
    await expect(covered).toBeVisible();
    const before = await covered.textContent();
    const shape = page.locator("[data-mask-frame] > div");
    const [small] = [await shape.boundingBox()];
    await pinchOpen(client, x, y);
    expect((await shape.boundingBox())!.width, "larger").toBeGreaterThan(small!.width * 1.5);
    expect(await covered.textContent(), "a pinch paints nothing").toBe(before);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= screen.width)).toBe(true);
    await accessible(page, "mask painter on a phone");
    await shoot(page, "mask-390");
    await painter(page).getByRole("button", { name: "Redraw in 2 pictures" }).tap();
    await allDrawn(page, 22);
    await page.getByRole("button", { name: "Prompt and settings" }).tap();
    await page.getByLabel("Start from a picture").setInputFiles(photo);
    await expect(card(page)).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= screen.width)).toBe(true);
    await shoot(page, "start-390");
  });
});
