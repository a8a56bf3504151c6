/** One session in two windows, and words that outlive a reload. */
import { BELOW } from "./processes";
import { allDrawn, draft, expect, pick, sessionOf, test } from "./studio";

interface Session {
  config: { prompt: string; negative_prompt: string; marks: Record<string, string>; stages: Record<string, object> };
}

test("two windows of one session, one below a proxy's path, keep each other's words and picks and show them live", async ({
  page,
  context,
  studio,
}) => {
  await draft(page, studio);
  await allDrawn(page, 20);
  const other = await context.newPage();
  const asked: string[] = [];
  other.on("request", (request) => asked.push(new URL(request.url()).pathname));
  other.on("websocket", (socket) => asked.push(new URL(socket.url()).pathname));
  await other.goto(page.url().replace(studio.url, studio.url + BELOW));
  await allDrawn(other, 20);
  const config = async () => (await studio.get<Session>(`/api/sessions/${sessionOf(page)}`)).config;

  await page.getByLabel("What do you want to see?").fill("written in the first window");
  await expect(other.getByLabel("What do you want to see?")).toHaveValue("written in the first window");
  await other.getByText("What to keep out").click();
  await other.getByLabel("Negative prompt").fill("written in the second one");
  await expect(page.getByLabel("Negative prompt")).toHaveValue("written in the second one");

  await pick(page, 0);
  await pick(other, 1);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Steps").fill("12");
  await expect(other.getByText(/12 steps/)).toBeVisible();
  for (const each of [page, other]) await expect(each.locator("[data-mark=selected]")).toHaveCount(2);

  await expect.poll(async () => Object.keys((await config()).marks).length).toBe(2);
  expect(await config()).toMatchObject({
    prompt: "written in the first window",
    negative_prompt: "written in the second one",
    stages: { 0: { steps: 12 } },
  });
  await page.reload();
  await expect(page.getByLabel("What do you want to see?")).toHaveValue("written in the first window");
  await expect(page.locator("[data-mark=selected]")).toHaveCount(2);

  await other.goto(`${studio.url}${BELOW}/docs`);
  await expect(
    other
      .getByRole("button", { name: /GET \/api\/gpus$/ })
      .or(other.getByText("/api/gpus"))
      .first(),
  ).toBeVisible();
  expect(asked.filter((path) => /^.studio.(assets|api|ws)/.test(path)).length).toBeGreaterThan(20);
  expect(asked.filter((path) => !path.startsWith(`${BELOW}/`))).toEqual([]);
});

test("when two write at once, both see one text, and the other one is offered", async ({ page, context, studio }) => {
  await draft(page, studio);
  const other = await context.newPage();
  await other.goto(page.url());
  const [mine, theirs] = [page.getByLabel("What do you want to see?"), other.getByLabel("What do you want to see?")];
  await expect(theirs).toHaveValue(/lighthouse/);
  const texts = ["a harbour at night", "somebody else's words"];
  await Promise.all([mine.fill(texts[0]!), theirs.fill(texts[1]!)]);
  const shown = async () => [...new Set([await mine.inputValue(), await theirs.inputValue()])];
  await expect.poll(async () => (await shown()).length).toBe(1);
  const [kept] = await shown();
  expect(texts).toContain(kept);
  const offer = { name: /Bring it back|Take that/ };
  const offers = () => Promise.all([page, other].map((each) => each.getByRole("button", offer).count()));
  await expect.poll(async () => Math.max(...(await offers()))).toBe(1);
  const [here] = await offers();
  await (here ? page : other).getByRole("button", offer).click();
  const lost = texts.find((text) => text !== kept)!;
  await expect(mine).toHaveValue(lost);
  await expect(theirs).toHaveValue(lost);
});

test.describe("with a hub that is killed", () => {
  test.use({ alone: true });

  test("a half-written prompt is there after a reload, without a session and with a hub that was away", async ({
    page,
    studio,
  }) => {
    await page.goto(studio.url);
    await page.getByLabel("What do you want to see?").fill("half a sent");
    await page.reload();
    await expect(page.getByLabel("What do you want to see?")).toHaveValue("half a sent");

    await draft(page, studio);
    await studio.killHub();
    await page.getByLabel("What do you want to see?").fill("written while nobody heard it");
    await page.goto("about:blank");
    await studio.startHub();
    await page.goBack();
    await expect(page.getByLabel("What do you want to see?")).toHaveValue("written while nobody heard it");
    const kept = async () => (await studio.get<Session>(`/api/sessions/${sessionOf(page)}`)).config.prompt;
    await expect.poll(kept).toBe("written while nobody heard it");
  });
});
