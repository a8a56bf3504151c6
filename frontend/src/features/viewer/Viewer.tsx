import { Dialog } from "radix-ui";
import { useState, type ComponentProps } from "react";

import { putOnBoard } from "@/actions/boards/boards";
import { dragOut } from "@/actions/dragOut";
import { rate as giveRating, star as toggleStar } from "@/actions/pictures";
import { withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { MetadataPanel } from "@/features/viewer/MetadataPanel";
import { Rating } from "@/features/viewer/Rating";
import { Steps } from "@/features/viewer/Steps";
import { ZoomImage } from "@/features/viewer/ZoomImage";
import { focusTile } from "@/lib/grid";
import { useKeys } from "@/lib/useKeys";
import { useNarrow } from "@/lib/useMedia";
import { useGenerationStore, type Mark } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";
import { isVideo } from "@/lib/mediaTypes";

interface Props {
  /** The picture that is shown first. */
  generation: Generation;
  /** The pictures that the arrows go through. */
  all: readonly Generation[];
  /** Whether pictures can be picked and rejected here. */
  culling: boolean;
  /** Called when a picture's star or rating has changed. */
  onChange?: (generation: Generation) => void;
  onClose: () => void;
}

/** One picture on the whole screen. */
export function Viewer({ generation, all, culling, onChange, onClose }: Props) {
  const [shown, setShown] = useState(generation);
  const [realId, setRealId] = useState<string | null>(null);
  const setReal = (real: boolean) => setRealId(real ? shown.id : null);
  const [detailed, setDetailed] = useState(() => window.innerWidth >= 1024);
  const keysShown = useUiStore((store) => store.keysShown);
  const narrow = useNarrow(); // then nothing else tells what can be begun with the picture
  const { index, before, after, show, judge } = useCulling({ shown, all, culling, onShow: setShown });
  const take = (changed: Generation | null) => {
    if (!changed) return;
    setShown((now) => (now.id === changed.id ? changed : now));
    onChange?.(changed);
  };
  const star = () => void toggleStar(shown).then(take);
  const rate = (rating: number) => void giveRating(shown, rating).then(take);
  useKeys(
    {
      previous: () => show(before),
      next: () => show(after),
      keep: () => judge("selected", { takesBack: false }),
      kill: () => judge("rejected", { takesBack: false }),
      zoom: () => setReal(realId !== shown.id),
      star,
      board: () => putOnBoard([shown.id]),
      ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((rating) => [`rate${rating}`, () => rate(rating)])),
    },
    !keysShown,
  );
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          data-viewer
          className={`fixed inset-0 z-50 grid grid-rows-[auto_minmax(0,1fr)_auto] bg-bg outline-none ${detailed ? "lg:grid-cols-[minmax(0,1fr)_auto]" : ""}`}
          onOpenAutoFocus={focusItself}
          onCloseAutoFocus={() => focusTile(shown.id)}
        >
          <header className="flex items-center gap-0.5 whitespace-nowrap border-b sm:gap-2 border-line px-3 py-2 lg:col-span-full">
            <Heading place={index >= 0 ? `${index + 1} of ${all.length}` : "Picture"} />
            <StarButton starred={shown.starred} onClick={star} />
            {culling && <CompareButton shown={shown} neighbour={after ?? before} onClose={onClose} />}
            <Button look="quiet" aria-expanded={detailed} onClick={() => setDetailed(!detailed)}>
              {narrow ? "Go on, details" : "Details"}
            </Button>
            <CloseButton />
          </header>
          <div className="relative min-h-0">
            <Shown generation={shown} real={realId === shown.id} onReal={setReal} />
            <Rating generation={shown} onRate={rate} />
            <Steps before={before} after={after} onShow={show} />
          </div>
          {detailed && <Details generation={shown} onShow={show} onLeave={onClose} />}
          {culling && index >= 0 && <Verdict generation={shown} onJudge={judge} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface ShownProps {
  generation: Generation;
  real: boolean;
  onReal: (real: boolean) => void;
}

function Shown({ generation, real, onReal }: ShownProps) {
  const src = withTicket(generation.image_url ?? "");
  const text = generation.prompt.slice(0, 200);
  if (!isVideo(generation))
    return (
      <ZoomImage src={src} alt={text} real={real} onReal={onReal} onDragStart={(event) => dragOut(event, generation)} />
    );
  return (
    <video src={src} aria-label={text} className="size-full object-contain" controls loop autoPlay muted playsInline />
  );
}

function StarButton({ starred, onClick }: { starred: boolean; onClick: () => void }) {
  return (
    <Button look="quiet" aria-pressed={starred} onClick={onClick}>
      <span aria-hidden>{starred ? "★" : "☆"}</span>
      <span className="max-sm:sr-only">{starred ? "Starred" : "Star"}</span>
    </Button>
  );
}

function Details(props: ComponentProps<typeof MetadataPanel>) {
  return (
    <aside className="max-h-[45dvh] overflow-y-auto border-line bg-panel max-lg:row-start-3 max-lg:border-t lg:row-span-2 lg:max-h-none lg:w-80 lg:border-l">
      <MetadataPanel {...props} />
    </aside>
  );
}

interface CompareProps {
  shown: Generation;
  neighbour: Generation | undefined;
  onClose: () => void;
}

/** Compares with the parent or, for a draft, with its neighbour. */
function CompareButton({ shown, neighbour, onClose }: CompareProps) {
  const parent = useGenerationStore(({ live }) => (shown.parent_id ? live.generations[shown.parent_id] : undefined));
  const other = parent?.image_url ? parent : neighbour;
  if (!other) return null;
  const compare = () => {
    onClose();
    useUiStore.getState().set({ compared: [other.id, shown.id] });
  };
  return (
    <Button look="quiet" onClick={compare}>
      Compare
    </Button>
  );
}

/** Focus the dialog and not its first button. */
function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

function CloseButton() {
  return (
    <Dialog.Close className="rounded-lg px-3 py-1.5 text-soft hover:bg-raised hover:text-text" aria-label="Close">
      ✕
    </Dialog.Close>
  );
}

interface Culling {
  shown: Generation;
  all: readonly Generation[];
  culling: boolean;
  onShow: (next: Generation) => void;
}

function useCulling({ shown, all, culling, onShow }: Culling) {
  const index = all.findIndex((each) => each.id === shown.id); // -1: a parent, which is not in the list
  const [before, after] = index < 0 ? [] : [all[index - 1], all[index + 1]];
  const show = (next: Generation | undefined) => {
    if (!next) return;
    onShow(next);
    useUiStore.getState().set({ focusedId: next.id });
  };
  const judge = (mark: Mark, { takesBack } = { takesBack: true }) => {
    if (!culling || index < 0) return;
    const { marks, toggle } = useGenerationStore.getState();
    if (takesBack || marks[shown.id] !== mark) toggle([shown.id], mark);
    show(after);
  };
  return { index, before, after, show, judge };
}

function Heading({ place }: { place: string }) {
  return (
    <>
      <Dialog.Title className="grow truncate text-sm font-medium">{place}</Dialog.Title>
      <Dialog.Description className="sr-only">
        One picture, full-screen. Arrows go to the next one, Escape closes.
      </Dialog.Description>
    </>
  );
}

function Verdict({ generation, onJudge }: { generation: Generation; onJudge: (mark: Mark) => void }) {
  const mark = useGenerationStore(({ marks }) => marks[generation.id]);
  return (
    <footer className="flex justify-center gap-3 border-t border-line p-3">
      <Button
        look="danger"
        className="min-h-11 w-36"
        aria-pressed={mark === "rejected"}
        onClick={() => onJudge("rejected")}
      >
        ✕ {mark === "rejected" ? "Rejected" : "Reject"}
      </Button>
      <Button
        look={mark === "selected" ? "primary" : "plain"}
        className="min-h-11 w-36"
        aria-pressed={mark === "selected"}
        onClick={() => onJudge("selected")}
      >
        ✓ {mark === "selected" ? "Picked" : "Pick"}
      </Button>
    </footer>
  );
}
