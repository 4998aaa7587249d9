/** One sentence on why something is old or missing, and what a person can do about it. */

import { type Account, DOMAIN } from "./account";
import type { Formats } from "./formats";
import type { Reason, Why } from "./overview";
import type { TextKey } from "./texts";

/** What a person can do: follow a link, or have the past imported. */
export type Remedy = { key: TextKey; href: string } | { key: TextKey; act: "import" };

export interface Told {
  icon: string;
  /** Whether nothing comes in until a person acts. */
  isUrgent: boolean;
  words: TextKey;
  values: Record<string, string>;
  remedy: Remedy | undefined;
}

interface Row {
  icon: string;
  isUrgent?: true;
  remedy?: (account: Account) => Remedy;
}

const page = ({ entryId }: Account) => `/config/integrations/integration/${DOMAIN}#config_entry=${entryId}`;

const ROWS: Record<Why, Row> = {
  not_set_up: {
    icon: "mdi:power-plug-off-outline",
    isUrgent: true,
    remedy: (account) => ({ key: "open_account", href: page(account) }),
  },
  sign_in: {
    icon: "mdi:account-key-outline",
    isUrgent: true,
    remedy: (account) => ({ key: "sign_in", href: page(account) }),
  },
  repair: {
    icon: "mdi:wrench-outline",
    isUrgent: true,
    remedy: () => ({ key: "fix", href: "/config/repairs" }),
  },
  unreachable: { icon: "mdi:cloud-off-outline" },
  importing: { icon: "mdi:tray-arrow-down" },
  nothing_yet: { icon: "mdi:watch-variant" },
  not_synced: { icon: "mdi:sync-alert" },
  not_worn: { icon: "mdi:watch-off" },
  begins: { icon: "mdi:history", remedy: () => ({ key: "import_past", act: "import" }) },
};

/** Return the sentence for a reason; what takes an administrator is offered to nobody else. */
export function told(
  { key, since, percent }: Reason,
  {
    account,
    source,
    formats,
    isAdmin,
  }: { account: Account; source: string; formats: Formats; isAdmin: boolean },
): Told {
  const { icon, isUrgent, remedy } = ROWS[key];
  return {
    icon,
    isUrgent: isUrgent ?? false,
    words: `why_${key}`,
    values: {
      source,
      time: since === null ? "" : formats.moment(since),
      day: since === null ? "" : formats.fullDate(since),
      percent: percent === null ? "" : formats.percent(percent),
    },
    remedy: isAdmin ? remedy?.(account) : undefined,
  };
}
