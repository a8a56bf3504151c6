import {
  useEffect,
  useRef,
  useState,
  type Dispatch,
  type DragEvent,
  type PointerEvent,
  type SetStateAction,
} from "react";

interface View {
  scale: number;
  x: number;
  y: number;
}

const WHOLE: View = { scale: 1, x: 0, y: 0 };
const MOST = 12;

interface Props {
  src: string;
  alt: string;
  /** Set from outside: show the picture at its real size or as a whole. */
  real: boolean;
  onReal: (real: boolean) => void;
  /** Of the picture as a whole; enlarged it is moved within its frame. */
  onDragStart: (event: DragEvent) => void;
}

/** A picture that can be zoomed by wheel, pinch and double click, and panned. */
export function ZoomImage({ src, alt, real, onReal, onDragStart }: Props) {
  const image = useRef<HTMLImageElement>(null);
  const { frame, view, setView, zoom } = useZoom();
  useEffect(() => {
    const element = image.current;
    setView(real && element ? { ...WHOLE, scale: Math.max(element.naturalWidth / element.clientWidth, 1) } : WHOLE);
  }, [real, src, setView]);
  const dragging = useDragging(zoom, setView);
  return (
    <div
      ref={frame}
      className="relative size-full touch-none overflow-hidden select-none"
      {...dragging}
      onDoubleClick={() => onReal(!real)}
    >
      <img
        ref={image}
        src={src}
        alt={alt}
        draggable={view.scale === 1}
        onDragStart={onDragStart}
        className={`size-full object-contain ${view.scale > 1 ? "cursor-grab" : ""}`}
        style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
      />
    </div>
  );
}

type Zoom = (factor: number, clientX: number, clientY: number) => void;
type SetView = Dispatch<SetStateAction<View>>;

/** The visible part of the picture; zooming keeps the point under the pointer. */
function useZoom() {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(WHOLE);
  const zoom: Zoom = (factor, clientX, clientY) => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    const [x, y] = [clientX - box.left - box.width / 2, clientY - box.top - box.height / 2];
    setView((now) => {
      const scale = Math.min(Math.max(now.scale * factor, 1), MOST);
      const ratio = scale / now.scale;
      return scale === 1 ? WHOLE : { scale, x: x - (x - now.x) * ratio, y: y - (y - now.y) * ratio };
    });
  };
  useEffect(() => {
    const element = frame.current;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
    };
    element?.addEventListener("wheel", wheel, { passive: false }); // React's own listener is passive
    return () => element?.removeEventListener("wheel", wheel);
  }, []);
  return { frame, view, setView, zoom };
}

/** One pointer pans, two zoom. */
function useDragging(zoom: Zoom, setView: SetView) {
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const move = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (other) {
      const distance = (one: typeof now) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
      zoom(distance(now) / distance(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else {
      setView((old) => (old.scale === 1 ? old : { ...old, x: old.x + now.x - before.x, y: old.y + now.y - before.y }));
    }
  };
  const release = (event: PointerEvent) => pointers.current.delete(event.pointerId);
  return {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: move,
    onPointerUp: release,
    onPointerCancel: release,
  };
}
