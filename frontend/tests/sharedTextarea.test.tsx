import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { create } from "zustand";

import { caretIn, SharedTextarea } from "@/components/SharedTextarea";

const useText = create(() => ({ text: "a lighthouse at dusk" }));

function Page() {
  const { text } = useText();
  return <SharedTextarea aria-label="Prompt" value={text} onText={(next) => useText.setState({ text: next })} />;
}

test("another window's words leave the caret where it is, and typing goes on there", async () => {
  render(<Page />);
  const area = screen.getByLabelText<HTMLTextAreaElement>("Prompt");
  await userEvent.type(area, "!", { initialSelectionStart: 1, initialSelectionEnd: 1 });
  expect(area).toHaveValue("a! lighthouse at dusk");
  act(() => useText.setState({ text: "a! lighthouse at dusk, oil painting" }));
  expect(area.selectionStart, "behind it").toBe(2);
  act(() => useText.setState({ text: "see: a! lighthouse at dusk, oil painting" }));
  expect(area.selectionStart, "before it").toBe(7);
  await userEvent.keyboard("?");
  expect(useText.getState().text).toBe("see: a!? lighthouse at dusk, oil painting");
});

test("a caret whose words are gone stands where they were", () => {
  expect(caretIn("other words", "a lighthouse", 12)).toBe(11);
  expect(caretIn("", "a lighthouse", 5)).toBe(0);
  expect(caretIn("abef", "abcdef", 4)).toBe(2);
});
