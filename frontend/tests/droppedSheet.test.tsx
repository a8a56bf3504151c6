/** The JSON of a sheet that is dropped on the Explorer's grid goes there; any other JSON goes to whoever opens files. */
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useArrivingAnywhere } from "@/components/useArrivingPictures";
import { DroppedSheet } from "@/features/explorer/axes/DroppedSheet";

import { closeBrowser, openBrowser } from "./studio";

const anywhere = vi.fn();

function Studio({ page }: { page: boolean }) {
  useArrivingAnywhere(anywhere);
  return page && <DroppedSheet />;
}

beforeEach(() => {
  openBrowser();
  anywhere.mockClear();
});
afterEach(closeBrowser);

const drop = (...texts: string[]) =>
  fireEvent.drop(document.body, {
    dataTransfer: { files: texts.map((each) => new File([each], "grid.json")), types: ["Files"], getData: () => "" },
  });
const SHEET = '{"axes": {"x": {"parameter": "steps"}}, "prompt": "fog"}';

test("a sheet is taken by the grid alone, a workflow by whoever opens files", async () => {
  const { rerender } = render(<Studio page={false} />);
  rerender(<Studio page />); // pages come later than what is there for all of them
  drop('{"3": {"class_type": "KSampler"}}');
  await waitFor(() => expect(anywhere).toHaveBeenCalledOnce());
  drop(SHEET);
  expect(await screen.findByRole("button", { name: "Draw it again" })).toBeVisible();
  expect(anywhere).toHaveBeenCalledOnce();
});

test("several files are opened together, and over an open dialog nothing is taken", async () => {
  const { rerender } = render(<Studio page={false} />);
  rerender(<Studio page />);
  drop(SHEET, '{"3": {"class_type": "KSampler"}}');
  await waitFor(() => expect(anywhere).toHaveBeenCalledOnce());
  expect(anywhere.mock.calls[0]?.[0].files, "none of them is lost").toHaveLength(2);
  const dialog = document.createElement("div");
  dialog.setAttribute("role", "dialog");
  document.body.append(dialog);
  drop(SHEET);
  await new Promise((done) => setTimeout(done));
  expect(screen.queryByRole("button", { name: "Draw it again" })).toBeNull();
  dialog.remove();
});
