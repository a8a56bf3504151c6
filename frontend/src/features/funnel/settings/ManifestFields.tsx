import { useId } from "react";

import { Field } from "@/components/Field";

interface Property {
  type?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  enum?: string[];
  examples?: string[];
  "x-step"?: number;
  "x-family-defaults"?: Record<string, unknown>;
}

export type Values = Readonly<Record<string, string | number | boolean | undefined>>;

interface Props {
  schema: Record<string, unknown>;
  family: string;
  /** Parameters that are shown elsewhere. */
  without: ReadonlySet<string>;
  values: Values;
  /** The hub's message about a parameter, if there is one. */
  errorOf: (name: string) => string | undefined;
  onChange: (name: string, value: string | number | boolean | undefined) => void;
}

/** A form from a workflow's manifest; an empty field means the workflow's default. */
export function ManifestFields({ schema, family, without, values, errorOf, onChange }: Props) {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, Property>);
  return properties
    .filter(([name]) => !without.has(name))
    .map(([name, property]) => (
      <Field key={name} label={titleOf(name)} hint={property.description} error={errorOf(name)}>
        {(control) => (
          <ManifestInput
            control={control}
            property={property}
            fallback={property["x-family-defaults"]?.[family] ?? property.default}
            value={values[name]}
            onChange={(value) => onChange(name, value)}
          />
        )}
      </Field>
    ));
}

interface InputProps {
  control: { id: string; "aria-invalid": boolean; "aria-describedby": string };
  property: Property;
  fallback: unknown;
  value: string | number | boolean | undefined;
  onChange: (value: string | number | boolean | undefined) => void;
}

function ManifestInput({ control, property, fallback, value, onChange }: InputProps) {
  const list = useId();
  if (property.type === "boolean") {
    return (
      <input
        {...control}
        type="checkbox"
        className="size-5"
        checked={Boolean(value ?? fallback)}
        onChange={(event) => onChange(event.target.checked)}
      />
    );
  }
  const numeric = property.type === "integer" || property.type === "number";
  const options = property.enum ?? property.examples;
  return (
    <>
      <input
        {...control}
        className="field"
        type={numeric ? "number" : "text"}
        dir="auto"
        min={property.minimum}
        max={property.maximum}
        step={property["x-step"] ?? property.multipleOf ?? (property.type === "number" ? "any" : 1)}
        list={options ? list : undefined}
        value={value === undefined ? "" : String(value)}
        placeholder={fallback == null ? "" : String(fallback)}
        onChange={(event) =>
          onChange(event.target.value === "" ? undefined : numeric ? Number(event.target.value) : event.target.value)
        }
      />
      {options && (
        <datalist id={list}>
          {options.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </>
  );
}

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
