// Usage: node generate.mjs PATH.ts. Writes the types of the hub's OpenAPI document to PATH.ts, and beside it, as
// PATH.runtime.json, what the studio needs when it runs: the shapes of the live streams' messages, which it checks them
// against, and the values of each enum with what some of them have in common.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const STREAMS = ["LiveMessage", "JobMessage"];
const REFERENCE = "#/components/schemas/";

const [, , path] = process.argv;
const text = execFileSync("../.venv/bin/vibes", ["openapi"], { maxBuffer: 2 ** 26 });
execFileSync("openapi-typescript", ["-o", path], { input: text, stdio: ["pipe", "ignore", "inherit"] });
const { schemas } = JSON.parse(text).components;
const runtime = { shapes: reachable(schemas, STREAMS), enums: enumsOf(schemas) };
writeFileSync(path.replace(/\.ts$/, ".runtime.json"), `${JSON.stringify(runtime, null, 1)}\n`);

function enumsOf(all) {
  const enums = Object.entries(all).filter(([, schema]) => schema.enum);
  return Object.fromEntries(
    enums.map(([name, schema]) => {
      const facts = Object.entries(schema).filter(([key]) => key.startsWith("x-"));
      return [name, { values: schema.enum, ...Object.fromEntries(facts.map(([key, some]) => [key.slice(2), some])) }];
    }),
  );
}

/** Those schemas and all that they refer to, directly or not. */
function reachable(schemas, names) {
  const found = {};
  const queue = [...names];
  for (const name of queue) {
    if (name in found) continue;
    found[name] = shapeOf(schemas[name], (other) => queue.push(other));
  }
  return found;
}

/** What says how a value is built. Of an enum only that it is a text: a newer hub may know more words. */
function shapeOf(schema, refersTo) {
  const each = (inner) => shapeOf(inner, refersTo);
  const named = (inner) => Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, each(one)]));
  const { type, $ref, properties, required, items, prefixItems, additionalProperties, anyOf, discriminator } = schema;
  const name = $ref?.slice(REFERENCE.length);
  if (name) refersTo(name);
  return defined({
    type,
    $ref: name,
    const: schema.const,
    properties: properties && named(properties),
    required,
    items: items && each(items),
    prefixItems: prefixItems?.map(each),
    additionalProperties: typeof additionalProperties === "object" ? each(additionalProperties) : undefined,
    anyOf: (anyOf ?? (discriminator ? undefined : schema.oneOf))?.map(each),
    byType: discriminator && named(references(discriminator.mapping)),
  });
}

function references(mapping) {
  return Object.fromEntries(Object.entries(mapping).map(([type, $ref]) => [type, { $ref }]));
}

function defined(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
