import { useId, useState } from "react";

import type { Gpu } from "@/api/types";
import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";

import { drainOf, isGivenBack, LENGTHS, type Length, type Running } from "./handback";
import { useHandback } from "./useHandback";

interface Props {
  gpu: Gpu;
  /** True: as large as a thumb wants it. */
  large?: boolean;
}

/** The one button by which a machine changes hands: two taps to have it, one to lend it again. */
export function GiveBack({ gpu, large = false }: Props) {
  const [choosing, setChoosing] = useState(false);
  const { asking, act } = useHandback(gpu);
  const back = isGivenBack(gpu);
  const words = back ? (large ? "Lend it again" : "Lend again") : large ? "Give it back to me" : "Give back";
  return (
    <>
      <Button
        look={large && !back ? "primary" : "plain"}
        className={large ? "min-h-16 w-full text-lg" : ""}
        aria-label={large ? undefined : `${words} ${gpu.name}`}
        disabled={asking || gpu.state === "disabled"}
        onClick={() => (back ? void act("resume", "is lent again") : setChoosing(true))}
      >
        {words}
      </Button>
      {choosing && (
        <Choice
          gpu={gpu}
          onClose={() => setChoosing(false)}
          onChosen={(length, running) => {
            setChoosing(false);
            const done = running === "now" ? "is yours" : "is yours once its picture is done";
            void act("drain", done, drainOf(length, running, new Date()));
          }}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  gpu: Gpu;
  onClose: () => void;
  onChosen: (length: Length, running: Running) => void;
}

function Choice({ gpu, onClose, onChosen }: ChoiceProps) {
  const [length, setLength] = useState<Length>("resumed");
  const name = useId();
  const draws = gpu.running.length > 0;
  return (
    <Modal
      title={`Give back ${gpu.name}`}
      description="Nothing new begins there, and its memory is freed. What is stopped is drawn on another machine."
      onClose={onClose}
    >
      <fieldset className="grid gap-1">
        <legend className="sr-only">For how long</legend>
        {LENGTHS.map((each) => (
          <label key={each.length} className="flex min-h-11 items-center gap-3 rounded-lg px-2 hover:bg-raised">
            <input
              type="radio"
              name={name}
              className="size-5 accent-accent"
              checked={length === each.length}
              onChange={() => setLength(each.length)}
            />
            {each.words}
          </label>
        ))}
      </fieldset>
      <div className="mt-4 grid gap-3 sm:grid-cols-2">
        {draws && (
          <Button className="min-h-14 text-base" onClick={() => onChosen(length, "finish")}>
            After this picture
          </Button>
        )}
        <Button
          look="primary"
          className={`min-h-14 text-base ${draws ? "" : "sm:col-span-2"}`}
          onClick={() => onChosen(length, "now")}
        >
          Now
        </Button>
      </div>
    </Modal>
  );
}
