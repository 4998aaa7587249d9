/** The automation that tells of alerts: one for each account, known by its id. */

import { type Account, DOMAIN } from "./account";
import type { Hass } from "./hass";
import { text } from "./texts";

export type Kind = "high" | "low";

/** Shows a notification in Home Assistant itself. */
export const IN_HOME_ASSISTANT = "persistent_notification.create";

export interface Automation {
  [key: string]: unknown;
  alias?: string;
  actions?: { action?: string; data?: object }[];
}

function idOf({ entryId }: Account): string {
  return `${DOMAIN}_alert_${entryId.toLowerCase()}`;
}

/** Return the address of an account's automation, as Home Assistant's own editor uses it. */
function pathOf(account: Account): string {
  return `config/automation/config/${idOf(account)}`;
}

/** Return the automation that there is, or undefined; one that is not there is not asked for. */
export async function findAutomation(hass: Hass, account: Account): Promise<Automation | undefined> {
  const isThere = Object.values(hass.states).some(
    ({ entity_id, attributes }) => entity_id.startsWith("automation.") && attributes["id"] === idOf(account),
  );
  return isThere ? hass.callApi<Automation>("GET", pathOf(account)) : undefined;
}

/** Return the actions that can tell somebody: in Home Assistant itself, and on each phone with its app. */
export function tellers({ services }: Hass): string[] {
  const phones = Object.keys(services?.["notify"] ?? {}).filter((name) => name.startsWith("mobile_app_"));
  return [...phones.sort().map((name) => `notify.${name}`), IN_HOME_ASSISTANT];
}

/** Return the automation for some limits; what a person has changed about it otherwise stays. */
export function automationFor(
  account: Account,
  kinds: Kind[],
  action: string,
  language: string,
  before: Automation = {},
): Automation {
  const said = (kind: Kind) =>
    text(language, `tell_${kind}`, { limit: "{{ trigger.limit }}", extreme: "{{ trigger.extreme }}" });
  const message = `{% if trigger.kind == "high" %}${said("high")}{% else %}${said("low")}{% endif %}`;
  return {
    alias: text(language, "alert_alias", { account: account.name }),
    description: "",
    mode: "queued",
    conditions: [],
    ...before,
    triggers: [
      {
        trigger: `${DOMAIN}.alert_began`,
        target: { device_id: account.deviceId },
        options: { alert: kinds },
      },
    ],
    actions: [{ action, data: { title: account.name, message } }],
  };
}

/** Keep the automation for some limits, or remove it where there are none. */
export async function keepAutomation(
  hass: Hass,
  account: Account,
  kinds: Kind[],
  action: string,
  before: Automation | undefined,
): Promise<void> {
  if (kinds.length)
    await hass.callApi(
      "POST",
      pathOf(account),
      automationFor(account, kinds, action, hass.locale.language, before),
    );
  else if (before) await hass.callApi("DELETE", pathOf(account));
}
