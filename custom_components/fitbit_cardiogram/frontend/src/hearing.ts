/** Subscriptions that outlast a restart of Home Assistant. */

import type { CommandError, Connection } from "./hass";

const RETRY = 10_000;
/** The refusals whose words say all: they need no cause beside them. */
export const PLAIN = ["unauthorized", "not_found"];

/**
 * Hear what a command tells; the result ends that.
 *
 * After a restart the connection is there before the command is, so a refusal is tried again, unless the person
 * may not hear.
 */
export function hear<News>(
  connection: Connection,
  message: { type: string; entry_id: string },
  heard: (news: News) => void,
  refused: (error: CommandError) => void,
): () => void {
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe: (() => Promise<void>) | undefined;

  const begin = async () => {
    const mine = ++attempt;
    clearTimeout(timer);
    unsubscribe = undefined;
    try {
      const stop = await connection.subscribeMessage<News>(
        (news) => {
          if (mine === attempt) heard(news);
        },
        message,
        // Home Assistant's own way of doing so gives up at the first refusal.
        { resubscribe: false },
      );
      if (mine === attempt) unsubscribe = stop;
      else stop().catch(() => undefined);
    } catch (error) {
      if (mine !== attempt) return;
      const found = commandError(error);
      if (found.code !== "unauthorized") timer = setTimeout(begin, RETRY);
      refused(found);
    }
  };

  connection.addEventListener("ready", begin);
  void begin();
  return () => {
    attempt++;
    clearTimeout(timer);
    connection.removeEventListener("ready", begin);
    unsubscribe?.().catch(() => undefined);
  };
}

/** Return what a command was refused with; a connection that is lost is only a number. */
export function commandError(error: unknown): CommandError {
  const { code, message } = (error ?? {}) as Partial<CommandError>;
  return { code: String(code ?? ""), message: String(message ?? "") };
}
