import { act, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, expect, test, vi } from "vitest";

import { lazily } from "@/components/lazily";

afterEach(() => vi.useRealTimers());

test("a chunk that does not arrive leaves the page standing, and comes when the hub is back", async () => {
  vi.useFakeTimers();
  const Field = () => <input aria-label="What should change?" />;
  const load = vi
    .fn<() => Promise<typeof Field>>()
    .mockRejectedValueOnce(new TypeError("Failed to fetch dynamically imported module"))
    .mockRejectedValueOnce(new TypeError("Failed to fetch dynamically imported module"))
    .mockResolvedValue(Field);
  const Late = lazily(load);
  render(
    <>
      <p>the pictures</p>
      <Suspense fallback="on its way">
        <Late />
      </Suspense>
    </>,
  );
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(screen.getByText("the pictures")).toBeVisible();
  expect(screen.getByText("on its way")).toBeVisible();
  await act(() => vi.advanceTimersByTimeAsync(2_000));
  expect(screen.queryByLabelText("What should change?")).toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(2_000));
  expect(screen.getByLabelText("What should change?")).toBeVisible();
  expect(load).toHaveBeenCalledTimes(3);
});
