/** Exports what is known of an account: the action makes a link, and the browser fetches the file. */

import { type Account, DOMAIN } from "./account";
import type { Hass } from "./hass";
import type { Overview } from "./overview";
import { text } from "./texts";

export async function exportAll(
  card: HTMLElement,
  hass: Hass,
  account: Account,
  { oldest }: Overview,
): Promise<void> {
  const range = oldest ? { start: new Date(oldest * 1000).toISOString(), end: new Date().toISOString() } : {};
  try {
    const { response } = await hass.callWS<{ response: { path: string } }>({
      type: "call_service",
      domain: DOMAIN,
      service: "export",
      service_data: { config_entry_id: account.entryId, ...range },
      return_response: true,
    });
    // At the address that this page has; a window opened this late would be blocked in some browsers.
    const link = document.createElement("a");
    link.href = response.path;
    link.download = "";
    link.click();
  } catch {
    notify(card, text(hass.locale.language, "failed"));
  }
}

/** Say something in Home Assistant's bar at the bottom. */
export function notify(card: HTMLElement, message: string): void {
  const detail = { message };
  card.dispatchEvent(new CustomEvent("hass-notification", { detail, bubbles: true, composed: true }));
}
