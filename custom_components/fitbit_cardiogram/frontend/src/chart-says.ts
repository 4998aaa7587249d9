/** What the chart says where it has nothing to draw, and why. */

import { html, nothing } from "lit";
import type { Span } from "./contract";
import type { HeartRateData } from "./data";
import type { Formats } from "./formats";
import { PLAIN } from "./hearing";
import { type TextKey, text } from "./texts";

/** The refusals that there are words for. */
const SAID = [...PLAIN, "home_assistant_error"];

/** Render what is wrong, or that nothing is here and where something is; `goTo` shows that. */
export function says(
  formats: Formats,
  data: HeartRateData,
  view: Span,
  isEmpty: boolean,
  goTo: (time: number) => void,
) {
  const { error, loaded, latest, loading } = data;
  const say = (key: TextKey, values?: Record<string, string>) => text(formats.language, key, values);
  const known = error && SAID.includes(error.code);
  // What is here stays in sight while the connection is gone.
  if (error && (known || !loaded)) {
    const key = known ? (`error_${error.code}` as TextKey) : "error_other";
    return html`<div class="says error" role="alert">
      <p>${say(key)}</p>
      ${PLAIN.includes(error.code) ? nothing : html`<small>${error.message}</small>`}
    </div>`;
  }
  if (!loaded || loading || !isEmpty) return nothing;
  if (latest === null) return html`<div class="says"><p>${say("nothing_yet")}</p></div>`;
  const isElsewhere = latest !== undefined && (latest < view.start || latest >= view.end);
  return html`<div class="says" role="status">
    <p>
      ${say("nothing_here")}
      ${isElsewhere ? say("newest_from", { time: formats.dayAndTime(latest) }) : nothing}
    </p>
    ${isElsewhere ? html`<button class="go" @click=${() => goTo(latest)}>${say("go_there")}</button>` : nothing}
  </div>`;
}
