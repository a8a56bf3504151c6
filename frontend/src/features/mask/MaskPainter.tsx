import { Dialog } from "radix-ui";
import { useEffect, useMemo, useState, type ReactNode } from "react";

import { usePictureUrl } from "@/actions/usePictureUrl";
import { Button } from "@/components/Button";
import { sizeFor } from "@/features/mask/drawing/mask";
import { Painter } from "@/features/mask/easel";
import { forgetMask, keepMask, keptMask } from "@/features/mask/keptMask";
import { MaskCanvas } from "@/features/mask/MaskCanvas";
import { MaskKeysDialog } from "@/features/mask/MaskKeysDialog";
import { RedrawForm, TakeForm } from "@/features/mask/RedrawForm";
import { Toolbar } from "@/features/mask/Toolbar";
import { PainterContext, useEasel, usePainter } from "@/features/mask/useEasel";
import { useMaskKeys } from "@/features/mask/useMaskKeys";
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
              <Studio src={src}>
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

/** The picture and a painter for it, with the mask that was painted over it last. */
function usePaintable(reference: string) {
  const picture = usePictureUrl(reference, true);
  const src = picture && picture !== "gone" ? picture.url : null;
  const { size, broken } = useSize(src);
  const painter = useMemo(() => {
    if (!size) return null;
    const fitting = sizeFor(size.width, size.height);
    return new Painter(fitting, keptMask(reference, fitting));
  }, [size, reference]);
  useEffect(() => {
    if (!painter) return undefined;
    return () => {
      painter.cancel();
      if (painter.store.getState().covered) keepMask(reference, painter.mask);
      else forgetMask();
    };
  }, [painter, reference]);
  const lost = picture === "gone" || broken;
  return { src, painter, lost };
}

function Head({ children }: { children?: ReactNode }) {
  return (
    <header className="flex items-center gap-1 border-b border-line px-3 py-2">
      <Dialog.Title className="grow truncate text-sm font-medium">Paint over what shall change</Dialog.Title>
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

function Studio({ src, children }: { src: string; children: ReactNode }) {
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

/** Says to a screen reader what each step did. */
function Told() {
  const told = useEasel((easel) => easel.told);
  return (
    <p role="status" className="sr-only">
      {told}
    </p>
  );
}

/** The picture's own size, as it is seen: turned upright. */
function useSize(src: string | null) {
  const [found, setFound] = useState<{ src: string; size: { width: number; height: number } | null } | null>(null);
  useEffect(() => {
    if (!src) return undefined;
    const image = new Image();
    image.onload = () => setFound({ src, size: { width: image.naturalWidth, height: image.naturalHeight } });
    image.onerror = () => setFound({ src, size: null });
    image.src = src;
    return () => {
      image.onload = image.onerror = null;
    };
  }, [src]);
  const here = found?.src === src ? found : null;
  return { size: here?.size ?? null, broken: here !== null && here.size === null };
}
