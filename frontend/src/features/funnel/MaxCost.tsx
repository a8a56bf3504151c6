import { MaxCostField } from "@/components/MaxCostField";
import { useHourlyCosts, useMaxCost } from "@/stores/useMaxCost";

/** What each press of a button may cost, where anything costs something. */
export function MaxCost() {
  const hourly = useHourlyCosts();
  const { maxCost, asked, say } = useMaxCost();
  return asked ? <MaxCostField value={maxCost} what="a batch" hourly={hourly} onChange={say} /> : null;
}
