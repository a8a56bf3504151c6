import { Dialog } from "radix-ui";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button";
import { forgetOther } from "@/features/mask/keptMask";
import { MaskCanvas } from "@/features/mask/MaskCanvas";
import { MaskKeysDialog } from "@/features/mask/MaskKeysDialog";
import { RedrawForm, TakeForm } from "@/features/mask/RedrawForm";
import { Toolbar } from "@/features/mask/Toolbar";
import { PainterContext, useEasel, usePainter } from "@/features/mask/useEasel";
import { useMaskKeys } from "@/features/mask/useMaskKeys";
import { usePaintable } from "@/features/mask/usePaintable";
import { Viewport } from "@/features/mask/viewport";
import { usePaintingStore, type Painting } from "@/stores/paintingStore";

interface Props {
  painting: Painting;
  /** Pictures with the painted part drawn anew were asked for. */
  onRedrawn: () => void;
}

/** A mask is painted over a picture: what is painted is drawn anew. */
export function MaskPainter({ painting, onRedrawn }: Props) {
  const { close } = usePaintingStore.getState();
  const { src, painter, lost } = usePaintable(painting.picture);
  const drop = (event: Event) => {
    if (!painter?.isBusy) return;
    event.preventDefault();
    painter.cancel();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Content
          data-mask-painter
          className="fixed inset-0 z-50 grid grid-rows-[auto_minmax(0,1fr)] bg-bg outline-none"
          onEscapeKeyDown={drop}
          onOpenAutoFocus={(event) => event.preventDefault()}
        >
          {painter && src ? (
            <PainterContext.Provider value={painter}>
              <Studio src={src} picture={painting.picture}>
                {painting.generation ? (
                  <RedrawForm
                    generation={painting.generation}
                    onDone={() => {
                      close();
                      onRedrawn();
                    }}
                  />
                ) : (
                  <TakeForm
                    onTake={(id) => {
                      close();
                      painting.take?.(id);
                    }}
                  />
                )}
              </Studio>
            </PainterContext.Provider>
          ) : (
            <>
              <Head />
              <p role={lost ? "alert" : "status"} className="grid place-items-center p-8 text-soft">
                {lost ? "The picture cannot be shown: the hub does not have it any more." : "Loading the picture…"}
              </p>
            </>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Head({ children }: { children?: ReactNode }) {
  return (
    <header className="flex items-center gap-1 border-b border-line px-3 py-2">
      <Dialog.Title className="grow truncate text-sm font-medium">Paint what shall change</Dialog.Title>
      <Dialog.Description className="sr-only">
        What is painted is drawn anew, the rest of the picture stays. Question mark lists the keys, Escape closes.
      </Dialog.Description>
      {children}
      <Dialog.Close className="rounded-lg px-3 py-1.5 text-soft hover:bg-raised hover:text-text" aria-label="Close">
        ✕
      </Dialog.Close>
    </header>
  );
}

function Studio({ src, picture, children }: { src: string; picture: string; children: ReactNode }) {
  const painter = usePainter();
  const [viewport] = useState(() => new Viewport(painter.mask));
  const [keysShown, setKeysShown] = useState(false);
  const [screen] = useState(() => ({ viewport, showKeys: () => setKeysShown(true) }));
  useMaskKeys(painter, screen, !keysShown);
  return (
    <>
      <Head>
        <Button look="quiet" aria-label="Zoom out" title="Zoom out (−)" onClick={() => viewport.zoomBy(1 / STEP)}>
          −
        </Button>
        <Button look="quiet" className="whitespace-nowrap" title="The whole picture (0)" onClick={() => viewport.fit()}>
          Fit
        </Button>
        <Button look="quiet" aria-label="Zoom in" title="Zoom in (+)" onClick={() => viewport.zoomBy(STEP)}>
          +
        </Button>
        <Button look="quiet" className="pointer-coarse:hidden" onClick={() => setKeysShown(true)}>
          Keys
        </Button>
      </Head>
      <div className="grid min-h-0 grid-rows-[minmax(0,1fr)_auto] lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-1">
        <MaskCanvas src={src} viewport={viewport} />
        <aside className="grid max-h-[46dvh] content-start gap-4 overflow-y-auto border-line bg-panel p-3 max-lg:border-t lg:max-h-none lg:border-l lg:p-4">
          <OtherMask picture={picture} />
          <Toolbar />
          {children}
        </aside>
      </div>
      <Told />
      {keysShown && <MaskKeysDialog onClose={() => setKeysShown(false)} />}
    </>
  );
}

const STEP = 1.4;

/** What another window has painted over the same picture: neither takes the other's place unasked. */
function OtherMask({ picture }: { picture: string }) {
  const painter = usePainter();
  const other = useEasel(({ offered }) => offered);
  if (!other) return null;
  const choose = (taken: boolean) => {
    if (taken) painter.take(other);
    painter.offer(null);
    void forgetOther(picture);
  };
  return (
    <div role="alert" className="grid gap-1 rounded-lg border border-warm p-2 text-sm">
      Another window has painted another mask over this picture.
      <span className="flex flex-wrap gap-1">
        <Button onClick={() => choose(true)}>Take that one</Button>
        <Button look="quiet" onClick={() => choose(false)}>
          Keep this one
        </Button>
      </span>
    </div>
  );
}

/** Says to a screen reader what each step did. */
function Told() {
  const told = useEasel((easel) => easel.told);
  return (
    <p role="status" className="sr-only">
      {told}
    </p>
  );
}
