/** The head of the chart card: whose heart rate it is, of when, and all of that in a sentence. */

import { html, nothing } from "lit";
import { type Sum, sentence } from "./chart-words";
import type { Formats } from "./formats";
import { HEART } from "./icons";
import { text } from "./texts";

export function chartHead(formats: Formats, title: string, sum: Sum) {
  const { start, end } = sum.view;
  return html`<header>
    <div class="title">
      <h2>${title || text(formats.language, "title")}</h2>
      <div class="period">${formats.period(start, end)}</div>
      ${sentence(formats, sum)}
    </div>
    ${newest(formats, sum)}
  </header>`;
}

function newest(formats: Formats, { newest: found }: Sum) {
  if (!found) return nothing;
  return html`
    <div class="newest" title=${text(formats.language, "newest")}>
      ${HEART}<b>${formats.number(found.bpm)}</b>
      <small>${formats.moment(found.time)}</small>
    </div>
  `;
}
