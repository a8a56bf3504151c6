import { useEffect, useState } from "react";

import type { LoraCard } from "@/api/types";
import { LoraCardLine } from "@/components/loras/LoraCardLine";
import { TriggerWords } from "@/components/loras/TriggerWords";
import { modelName, plural } from "@/lib/format";

export interface ChosenLora {
  name: string;
  strength_model: number;
}

type Loras = readonly ChosenLora[];
/** File name → the nodes that have it. */
export type LoraFiles = ReadonlyMap<string, readonly string[]>;

type Word = LoraCard["trigger_words"][number];
export type LoraCardsByName = Readonly<Record<string, LoraCard>>;

/** Where trigger words go. */
export interface TriggerTarget {
  has: (word: Word) => boolean;
  toggle: (word: Word) => void;
}

interface Props {
  loras: Loras;
  files: LoraFiles;
  /** File name → why it does not suit the model. */
  unsuited?: ReadonlyMap<string, string>;
  most: number;
  /** What their files tell, as far as it is known. */
  cards?: LoraCardsByName;
  /** Called with what is searched for, so that cards of it may be looked at. */
  onLook?: (search: string) => void;
  words?: TriggerTarget;
  onChange: (loras: ChosenLora[]) => void;
}

/** The LoRAs that some node has, searchable; chosen ones have a strength. */
export function LoraPicker({ loras, files, unsuited = NONE, most, cards = NO_CARDS, onLook, words, onChange }: Props) {
  return (
    <fieldset className="grid gap-2">
      <legend className="text-sm font-medium">LoRAs</legend>
      <ul className="grid gap-2">
        {loras.map((lora) => (
          <Chosen
            key={lora.name}
            lora={lora}
            card={cards[lora.name]}
            unsuited={unsuited.get(lora.name)}
            words={words}
            onChange={(strength) =>
              onChange(loras.map((each) => (each === lora ? { ...each, strength_model: strength } : each)))
            }
            onRemove={() => onChange(loras.filter((each) => each !== lora))}
          />
        ))}
      </ul>
      {loras.length < most ? (
        <LoraSearch
          files={files}
          unsuited={unsuited}
          cards={cards}
          onLook={onLook}
          without={loras.map((each) => each.name)}
          onChoose={(name) => onChange([...loras, { name, strength_model: 1 }])}
        />
      ) : (
        <p className="text-xs text-soft">
          {most ? `This workflow takes ${plural(most, "LoRA")}.` : "This family's workflow takes no LoRA."}
        </p>
      )}
    </fieldset>
  );
}

const NONE: ReadonlyMap<string, string> = new Map();
const NO_CARDS: LoraCardsByName = {};
const TYPING_MS = 200;

interface SearchProps {
  files: LoraFiles;
  unsuited: ReadonlyMap<string, string>;
  cards: LoraCardsByName;
  onLook: ((search: string) => void) | undefined;
  without: readonly string[];
  onChoose: (file: string) => void;
}

function LoraSearch({ files, unsuited, cards, onLook, without, onChoose }: SearchProps) {
  const [search, setSearch] = useState("");
  useEffect(() => {
    const later = setTimeout(() => onLook?.(search), search ? TYPING_MS : 0);
    return () => clearTimeout(later);
  }, [search, onLook]);
  const wanted = search.toLowerCase().split(/\s+/u);
  const found = [...files]
    .filter(([file]) => !without.includes(file) && hasAll(searched(file, cards[file]), wanted))
    .sort(([one], [other]) => Number(unsuited.has(one)) - Number(unsuited.has(other)));
  return (
    <>
      <input
        type="search"
        className="field"
        aria-label="Search LoRAs"
        placeholder={`Search ${plural(files.size, "LoRA")}`}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul
        className="max-h-64 overflow-y-auto rounded-lg border border-line text-sm"
        aria-label="LoRAs that the fleet has"
      >
        {found.map(([file, nodes]) => (
          <li key={file}>
            <button
              type="button"
              className="flex w-full items-center justify-between gap-2 px-3 py-1.5 text-left enabled:hover:bg-raised disabled:opacity-60"
              disabled={unsuited.has(file)}
              onClick={() => {
                onChoose(file);
                setSearch("");
              }}
            >
              <LoraCardLine name={file} card={cards[file]} />
              <span className="shrink-0 text-xs text-soft">{unsuited.get(file) ?? plural(nodes.length, "node")}</span>
            </button>
          </li>
        ))}
        {!found.length && (
          <li className="px-3 py-2 text-soft">{files.size ? "None of that name." : "No node lists a LoRA."}</li>
        )}
      </ul>
    </>
  );
}

/** By its file's name, its title and what calls it up. */
const searched = (file: string, card: LoraCard | undefined): string =>
  [file, card?.title, ...(card?.trigger_words.map(({ text }) => text) ?? [])].join("\n").toLowerCase();

const hasAll = (text: string, words: readonly string[]): boolean => words.every((word) => text.includes(word));

interface ChosenProps {
  lora: ChosenLora;
  card: LoraCard | undefined;
  unsuited: string | undefined;
  words: TriggerTarget | undefined;
  onChange: (strength: number) => void;
  onRemove: () => void;
}

function Chosen({ lora, card, unsuited, words, onChange, onRemove }: ChosenProps) {
  const name = modelName(lora.name);
  return (
    <li className="grid gap-1 rounded-lg bg-raised p-2 text-sm">
      <span className="flex justify-between gap-2">
        <LoraCardLine name={lora.name} card={card} />
        <button type="button" className="size-8 shrink-0" aria-label={`Remove ${name}`} onClick={onRemove}>
          ✕
        </button>
      </span>
      <label className="flex items-center gap-2 text-xs text-soft">
        <input
          type="range"
          min={-1}
          max={2}
          step={0.05}
          value={lora.strength_model}
          aria-label={`Strength of ${name}`}
          className="grow accent-(--accent)"
          onChange={(event) => onChange(Number(event.target.value))}
        />
        <span className="w-10 text-right tabular-nums">{lora.strength_model.toFixed(2)}</span>
      </label>
      {unsuited && <p className="text-xs text-warm">It is {unsuited}, and may do nothing or harm here.</p>}
      {words && card && <TriggerWords name={name} words={card.trigger_words} has={words.has} onToggle={words.toggle} />}
    </li>
  );
}
