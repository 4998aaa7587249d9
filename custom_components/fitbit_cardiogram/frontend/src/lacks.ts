/** A quiet line on what is not read for want of a permission, which a person can hide for good. */

import { html, nothing } from "lit";
import { type Account, DOMAIN } from "./account";
import { CLOSE } from "./icons";
import { text } from "./texts";

const KEY = "fitbit-cardiogram-hidden-sleep-";

/** Render the line, and the way to the account's page, unless it has been hidden. */
export function sleepLine(language: string, { entryId }: Account, hidden: () => void) {
  if (isHidden(entryId)) return nothing;
  const hide = () => {
    keepHidden(entryId);
    hidden();
  };
  const away = text(language, "hide");
  return html`<p class="lacks">
    <span>
      ${text(language, "sleep_lacks")}
      <a href="/config/integrations/integration/${DOMAIN}#config_entry=${entryId}"
        >${text(language, "open_account")}</a
      >
    </span>
    <button aria-label=${away} title=${away} @click=${hide}>${CLOSE}</button>
  </p>`;
}

// A browser may have no storage, or refuse it; the line is then hidden as long as the page is open.
const gone = new Set<string>();

function isHidden(entryId: string): boolean {
  try {
    return gone.has(entryId) || localStorage.getItem(KEY + entryId) !== null;
  } catch {
    return gone.has(entryId);
  }
}

function keepHidden(entryId: string): void {
  gone.add(entryId);
  try {
    localStorage.setItem(KEY + entryId, "1");
  } catch {
    // Then it is hidden as long as the page is open.
  }
}
