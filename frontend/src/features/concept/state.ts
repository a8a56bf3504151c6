/** What a session of the concept builder keeps, and how it changes; pure. */
import type { CardField } from "@/api/types";
import { isMembers, type Members } from "@/lib/mergePatch";

export interface CardState {
  text: string;
  /** Of all of it: 0.5 to 1.5. */
  weight: number;
  /** The dice leave it alone. */
  locked: boolean;
}

export interface Chips {
  texts: readonly string[];
  /** Those that the next grid varies. */
  ticked: readonly string[];
  /** Whether small pictures of them are wanted. */
  pictures: boolean;
  /** Those that were begun, by the ids of their generations. */
  drawn: readonly string[];
}

/** A side of a labelled grid: `values` stand in the place of its card's words, which `find` stands for in the prompt. */
export interface Side {
  field: CardField;
  find: string;
  values: readonly string[];
}

export interface ConceptState {
  /** Whether there are cards; before that there is a brief. */
  built: boolean;
  order: readonly CardField[];
  cards: Readonly<Record<CardField, CardState>>;
  chips: Readonly<Partial<Record<CardField, Chips>>>;
  /** The sides of each labelled grid, across and then down, by its batch. */
  grids: Readonly<Record<string, readonly Side[]>>;
  /** Why word lists took the brief apart; empty where a model did. */
  by: string;
}

export const NAMES: Readonly<Record<CardField, { name: string; hint: string }>> = {
  subject: { name: "Subject", hint: "Who or what, and what they do" },
  setting: { name: "Setting", hint: "Where, in which season and weather" },
  style: { name: "Style", hint: "Medium, technique, genre" },
  mood: { name: "Mood", hint: "How it feels" },
  lighting: { name: "Lighting", hint: "Light and hour of the day" },
  camera: { name: "Camera", hint: "Shot, angle, lens, composition" },
  palette: { name: "Palette", hint: "Its colours" },
  keep_out: { name: "Keep out", hint: "What must not be seen" },
};

export const FIELDS = Object.keys(NAMES) as CardField[];
const isField = (value: unknown): value is CardField => typeof value === "string" && Object.hasOwn(NAMES, value);

export const LIGHTEST = 0.5;
export const HEAVIEST = 1.5;
const EMPTY: CardState = { text: "", weight: 1, locked: false };

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});

function cardOf(value: unknown): CardState {
  const { text: written, weight, locked } = membersOf(value);
  const fits = typeof weight === "number" && weight >= LIGHTEST && weight <= HEAVIEST;
  return { text: text(written), weight: fits ? weight : 1, locked: locked === true };
}

function chipsOf(value: unknown): Chips | null {
  const given = membersOf(value);
  const offered = texts(given["texts"]);
  if (!offered.length) return null;
  const ticked = texts(given["ticked"]).filter((each) => offered.includes(each));
  return { texts: offered, ticked, pictures: given["pictures"] === true, drawn: texts(given["drawn"]) };
}

function sidesOf(value: unknown): Side[] {
  const sides = Array.isArray(value) ? value : [];
  return sides.filter(isMembers).flatMap(({ field, find, values }) => {
    const listed = texts(values);
    return isField(field) && listed.length ? [{ field, find: text(find), values: listed }] : [];
  });
}

/** Reads what any client may have written. */
export function conceptOf(kept: Members | undefined): ConceptState {
  const given = kept ?? {};
  const order = [...new Set(texts(given["order"]).filter(isField))];
  const [cards, chips] = [membersOf(given["cards"]), membersOf(given["chips"])];
  const offered = FIELDS.map((field) => [field, chipsOf(chips[field])] as const).filter(([, each]) => each);
  return {
    built: given["built"] === true,
    order: [...order, ...FIELDS.filter((field) => !order.includes(field))],
    cards: Object.fromEntries(FIELDS.map((field) => [field, cardOf(cards[field])])) as ConceptState["cards"],
    chips: Object.fromEntries(offered) as ConceptState["chips"],
    grids: Object.fromEntries(Object.entries(membersOf(given["grids"])).map(([id, sides]) => [id, sidesOf(sides)])),
    by: text(given["by"]),
  };
}

/** The cards as the hub takes them. */
export const sentCards = ({ order, cards }: Pick<ConceptState, "order" | "cards">) =>
  order.map((field) => ({ field, ...cards[field] }));

/** With other values on some cards. */
export function withCards(
  { cards }: Pick<ConceptState, "cards">,
  changed: Readonly<Partial<Record<CardField, Partial<CardState>>>>,
): ConceptState["cards"] {
  const next = Object.entries(changed).map(([field, each]) => [field, { ...cards[field as CardField], ...each }]);
  return { ...cards, ...(Object.fromEntries(next) as Partial<ConceptState["cards"]>) };
}

/** With a card in another place among the eight. */
export function moved(order: readonly CardField[], field: CardField, to: number): CardField[] {
  const others = order.filter((each) => each !== field);
  const place = Math.min(Math.max(to, 0), others.length);
  return [...others.slice(0, place), field, ...others.slice(place)];
}

/** Which cards the dice cast anew: all that are not locked; what is kept out only where something is. */
export const diced = ({ order, cards }: ConceptState): CardField[] =>
  order.filter((field) => !cards[field].locked && (field !== "keep_out" || cards[field].text.trim()));

/** The sides that the ticked chips make, at most two, in the order of the cards. */
export const sidesTicked = (concept: ConceptState): Side[] =>
  concept.order
    .flatMap((field) => {
      const values = concept.chips[field]?.ticked ?? [];
      return values.length ? [sideOf(field, values, concept)] : [];
    })
    .slice(0, 2);

/** What stands for the card's words is in brackets, so that it is exchanged there and nowhere else: the words
 * themselves may also be on another card, or within those of the other side. */
export function sideOf(
  field: CardField,
  values: readonly string[],
  { cards }: Pick<ConceptState, "cards">,
  name = field.replace("_", " "),
): Side {
  const written = [...Object.values(cards).map((card) => card.text), ...values].join("\n").toLowerCase();
  let find = `[${name}]`;
  for (let number = 2; written.includes(find); number++) find = `[${name} ${number}]`;
  return { field, find, values };
}

/** As the hub names it. */
export const parameterOf = ({ find }: Side): string => `wording:${find}`;

/** An empty card, so that one can be emptied. */
export const emptied = (card: CardState): CardState => ({ ...EMPTY, locked: card.locked });
