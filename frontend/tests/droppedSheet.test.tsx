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

const drop = (text: string) =>
  fireEvent.drop(document.body, {
    dataTransfer: { files: [new File([text], "grid.json")], types: ["Files"], getData: () => "" },
  });

test("a sheet is taken by the grid alone, a workflow by whoever opens files", async () => {
  const { rerender } = render(<Studio page={false} />);
  rerender(<Studio page />); // pages come later than what is there for all of them
  drop('{"3": {"class_type": "KSampler"}}');
  await waitFor(() => expect(anywhere).toHaveBeenCalledOnce());
  drop('{"axes": {"x": {"parameter": "steps"}}, "prompt": "fog"}');
  expect(await screen.findByRole("button", { name: "Draw it again" })).toBeVisible();
  expect(anywhere).toHaveBeenCalledOnce();
});
