/** The cards' own words. To add a language, add its file; what it lacks is said in English. */

import de from "./translations/de.json";
import en from "./translations/en.json";
import es from "./translations/es.json";
import fr from "./translations/fr.json";
import nl from "./translations/nl.json";

export type TextKey = keyof typeof en;

export const LANGUAGES = { en, de, es, fr, nl };
const TABLES: Record<string, Partial<Record<TextKey, string>>> = LANGUAGES;

export function isKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

/** Return a word of the vendor's that has no translation, such as TREADMILL_WALK, as words; "" where it says nothing. */
export function inPlainWords(type: string): string {
  const words = type.replaceAll("_", " ").trim().toLowerCase();
  return type.endsWith("UNSPECIFIED") ? "" : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Return a text in a language (`de`, `de-CH`), with its {placeholders} filled in. */
export function text(language: string, key: TextKey, values: Record<string, string | number> = {}): string {
  const table = TABLES[language] ?? TABLES[language.split("-")[0] ?? "en"] ?? en;
  return (table[key] ?? en[key]).replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}
