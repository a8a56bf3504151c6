// Only what neither the compiler nor the formatter sees: hooks and components that React cannot rely on.
import reactHooks from "eslint-plugin-react-hooks";
import { parser } from "typescript-eslint";

const recommended = Object.keys(reactHooks.configs.recommended.rules);

export default [
  {
    files: ["src/**/*.{ts,tsx}"],
    languageOptions: { parser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { "react-hooks": reactHooks },
    rules: {
      ...Object.fromEntries(recommended.map((rule) => [rule, "error"])),
      // what is asked of the hub begins with an effect, and first clears what an earlier question brought
      "react-hooks/set-state-in-effect": "off",
    },
  },
];
