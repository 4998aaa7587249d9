/** What a template says, without a browser: its markup with the values put in, functions left out. */

import { nothing } from "lit";

interface Template {
  strings: readonly string[];
  values: unknown[];
}

function isTemplate(value: unknown): value is Template {
  return typeof value === "object" && value !== null && "strings" in value && "values" in value;
}

/** Return the markup of a template. */
export function markup(value: unknown): string {
  if (value === nothing || value === null || value === undefined || typeof value === "function") return "";
  if (Array.isArray(value)) return value.map(markup).join("");
  if (isTemplate(value))
    return value.strings.map((part, index) => part + markup(value.values[index])).join("");
  return String(value);
}

/** Return the words of a template. */
export function words(value: unknown): string {
  return markup(value)
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Return the functions in a template, in order. */
export function handlers(value: unknown): ((event: unknown) => void)[] {
  if (Array.isArray(value)) return value.flatMap(handlers);
  if (isTemplate(value)) return value.values.flatMap(handlers);
  return typeof value === "function" ? [value as (event: unknown) => void] : [];
}
