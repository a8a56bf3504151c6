import type { Generation } from "@/api/types";

const RATINGS = [1, 2, 3, 4, 5] as const;

interface Props {
  generation: Generation;
  onRate: (rating: number) => void;
}

/** Five stars over the picture; the one that it has already takes the rating away. */
export function Rating({ generation: { rating }, onRate }: Props) {
  return (
    <div
      role="group"
      aria-label={rating ? `Rated ${rating} of 5` : "Not rated"}
      className="absolute bottom-2 left-1/2 flex -translate-x-1/2 rounded-full bg-black/65 px-1"
    >
      {RATINGS.map((each) => (
        <button
          key={each}
          type="button"
          aria-label={`Rate ${each} of 5`}
          aria-pressed={rating === each}
          title={`Rate ${each} (${each})`}
          className={`grid size-11 place-items-center text-xl ${each <= (rating ?? 0) ? "text-amber-300" : "text-white/80 hover:text-white"}`}
          onClick={() => onRate(each)}
        >
          {each <= (rating ?? 0) ? "★" : "☆"}
        </button>
      ))}
    </div>
  );
}
