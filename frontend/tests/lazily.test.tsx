import { act, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, expect, test, vi } from "vitest";

import { lazily } from "@/components/lazily";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.head.replaceChildren();
  sessionStorage.clear();
});

const GONE = new TypeError("Failed to fetch dynamically imported module");

test("a chunk that does not arrive leaves the page standing, and comes when the hub is back", async () => {
  vi.useFakeTimers();
  const Field = () => <input aria-label="What should change?" />;
  const load = vi
    .fn<() => Promise<typeof Field>>()
    .mockRejectedValueOnce(GONE)
    .mockRejectedValueOnce(GONE)
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

test("a page that is older than the hub's studio is loaded anew, and once only", async () => {
  vi.useFakeTimers();
  document.head.innerHTML = '<script type="module" src="/assets/index-old.js"></script>';
  const answers = ['src="/assets/index-old.js"', 'src="/assets/index-new.js"', 'src="/assets/index-new.js"'];
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(answers.shift())));
  const reload = vi.fn<() => void>();
  const Late = lazily(() => Promise.reject(GONE), reload);
  render(
    <Suspense fallback="on its way">
      <Late />
    </Suspense>,
  );
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(reload, "a chunk that is late is waited for").not.toHaveBeenCalled();
  await act(() => vi.advanceTimersByTimeAsync(2_000));
  expect(reload).toHaveBeenCalledOnce();
  await act(() => vi.advanceTimersByTimeAsync(6_000));
  expect(reload, "an old page in a cache is not loaded over and over").toHaveBeenCalledOnce();
});
