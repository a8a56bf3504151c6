import { useId, useState } from "react";

import type { DiscoveryProposal } from "@/api/types";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Modal } from "@/components/Modal";
import { plural } from "@/lib/format";

import { MachineList } from "./MachineList";
import { partsOf, useSearch } from "./useSearch";

/** Asks before anything is sent, then shows what was found with a box to tick each. */
export function FindDialog({ onClose }: { onClose: () => void }) {
  const { proposal, result, chosen, busy, problem, search, add, toggle } = useSearch(onClose);
  return (
    <Modal
      title="Find machines"
      description="Looks for running ComfyUIs in the hub's private network. Each address is asked once at each port; nothing else is sent."
      onClose={onClose}
    >
      <div className="grid gap-4">
        {proposal && <Question key={proposal.file} proposal={proposal} busy={busy !== null} onSearch={search} />}
        <p role="status" className="text-sm text-soft empty:hidden">
          {busy === "searching" && "Asking; this takes up to half a minute …"}
          {busy === "adding" && "Writing …"}
          {busy === null && result && told(result.found.length, result.asked, result.of)}
        </p>
        {problem && (
          <p role="alert" className="text-sm break-words whitespace-pre-wrap text-bad">
            {problem}
          </p>
        )}
        {result && result.found.length > 0 && (
          <>
            <MachineList machines={result.found} chosen={chosen} onToggle={toggle} />
            <div className="flex flex-wrap items-center justify-end gap-3">
              <p className="mr-auto text-xs text-soft">
                Tier and what a card may be given are guessed; put them right in <code>{proposal?.file}</code>.
              </p>
              <Button
                look="primary"
                className="min-h-11"
                disabled={busy !== null || chosen.size === 0}
                onClick={() => void add()}
              >
                Add {plural(chosen.size, "machine")}
              </Button>
            </div>
          </>
        )}
      </div>
    </Modal>
  );
}

const told = (found: number, asked: number, of: number): string => {
  const cut = asked < of ? ` The time was up after ${asked} of ${of} places.` : "";
  if (found) return `${plural(found, "ComfyUI")} answered.${cut}`;
  return `No ComfyUI answered at ${plural(asked, "place")}: is one running there, started with --listen?${cut}`;
};

interface QuestionProps {
  proposal: DiscoveryProposal;
  busy: boolean;
  onSearch: (ranges: readonly string[], ports: readonly number[]) => Promise<void>;
}

function Question({ proposal, busy, onSearch }: QuestionProps) {
  const [ranges, setRanges] = useState(proposal.ranges.join(", "));
  const [ports, setPorts] = useState(proposal.ports.join(", "));
  const id = useId();
  const input = "min-h-11 w-full rounded-lg border border-line bg-raised px-3 text-sm";
  const numbers = partsOf(ports).map(Number);
  const fit = partsOf(ranges).length > 0 && numbers.length > 0 && numbers.every((each) => each > 0 && each < 65536);
  return (
    <form
      aria-label="What to ask"
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void onSearch(partsOf(ranges), numbers);
      }}
    >
      {proposal.in_container && (
        <p id={id} className="text-sm text-warm">
          The hub runs in a container, whose own network has no other machine: write that of your machines.
        </p>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Networks" hint="Private ones, at most 254 addresses each">
          {(control) => (
            <input
              {...control}
              className={input}
              placeholder="192.168.0.0/24"
              value={ranges}
              onChange={(event) => setRanges(event.target.value)}
            />
          )}
        </Field>
        <Field label="Ports" hint="8188 is ComfyUI's own">
          {(control) => (
            <input
              {...control}
              className={input}
              inputMode="numeric"
              value={ports}
              onChange={(event) => setPorts(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Button type="submit" className="min-h-11" disabled={busy || !fit}>
        {busy ? "Asking …" : `Ask ${partsOf(ranges).join(", ") || "…"}`}
      </Button>
    </form>
  );
}
