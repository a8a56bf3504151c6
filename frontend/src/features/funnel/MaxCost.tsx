import { MaxCostField } from "@/components/MaxCostField";
import { useMaxCost } from "@/stores/useMaxCost";

/** What each press of a button may cost, where anything costs something. */
export function MaxCost() {
  const { maxCost, asked, say } = useMaxCost();
  return asked ? <MaxCostField value={maxCost} what="a batch" onChange={say} /> : null;
}
