interface Props {
  disabled: boolean;
  /** 1 to 5; 0: no rating. */
  onRate: (rating: number) => void;
}

/** One rating for all that is selected. */
export function RatingChoice({ disabled, onRate }: Props) {
  return (
    <select
      aria-label="Rate them"
      className="min-h-9 rounded-lg border border-line bg-raised px-2 text-sm hover:border-soft disabled:opacity-40"
      disabled={disabled}
      value=""
      onChange={({ target }) => onRate(Number(target.value))}
    >
      <option value="" disabled>
        Rate
      </option>
      {[5, 4, 3, 2, 1].map((rating) => (
        <option key={rating} value={rating}>
          {"★".repeat(rating)} {rating}
        </option>
      ))}
      <option value="0">Not rated</option>
    </select>
  );
}
