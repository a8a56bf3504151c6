/** The session's words beside the picture in the middle of the map. */
import { beforeEach, describe, expect, test } from "vitest";

import { areOthers, followWords } from "@/features/explorer/words";
import { useGenerationStore } from "@/stores/generationStore";
import { EMPTY_CONFIG, useSessionStore, type SessionConfig } from "@/stores/sessionStore";

import { generationId, makeGeneration } from "./factories";

const [FOGGY, MISTY] = [generationId(1), generationId(2)];
const STYLED = { prompt: "a harbour", negative_prompt: "", styles: ["ink"] };

function open(config: Partial<SessionConfig>): void {
  const generations = {
    [FOGGY]: makeGeneration({ id: FOGGY, prompt: "a foggy harbour" }),
    [MISTY]: makeGeneration({ id: MISTY, prompt: "a misty harbour", negative_prompt: "hat" }),
  };
  useGenerationStore.setState(({ live }) => ({ live: { ...live, generations } }));
  useSessionStore.setState({ config: { ...EMPTY_CONFIG, ...config } });
}

const words = () => {
  const { prompt, negative_prompt: negative } = useSessionStore.getState().config;
  return [prompt, negative];
};

beforeEach(() => useGenerationStore.getState().reset());

describe("the session's words", () => {
  test("follow the centre, there and back", () => {
    open({ prompt: "a foggy harbour" });
    followWords(FOGGY, MISTY);
    expect(words()).toEqual(["a misty harbour", "hat"]);
    followWords(MISTY, FOGGY);
    expect(words()).toEqual(["a foggy harbour", ""]);
  });

  test("stay where somebody has written others", () => {
    open({ prompt: "a foggy harbour, seen from above" });
    followWords(FOGGY, MISTY);
    expect(words()).toEqual(["a foggy harbour, seen from above", ""]);
  });

  test("stay where a style is chosen, which would come over the picture's words twice", () => {
    open({ prompt: "a foggy harbour", styles: ["ink"] });
    followWords(FOGGY, MISTY);
    expect(words()).toEqual(["a foggy harbour", ""]);
  });
});

test("words are the picture's as they were written, and as it was drawn from them", () => {
  const picture = makeGeneration({ prompt: "a harbour, ink drawing", written: STYLED });
  expect(areOthers({ prompt: "a harbour ", negative_prompt: "" }, picture)).toBe(false);
  expect(areOthers({ prompt: "a harbour, ink drawing", negative_prompt: "" }, picture)).toBe(false);
  expect(areOthers({ prompt: "a harbour", negative_prompt: "boats" }, picture)).toBe(true);
});
