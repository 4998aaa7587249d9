/** The shapes on the buttons, 24 × 24. */

import { type SVGTemplateResult, svg } from "lit";

const icon = (path: string): SVGTemplateResult =>
  svg`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${path} /></svg>`;

export const HEART = icon(
  "M12 20.6 10.7 19.4C5.9 15.1 2.8 12.3 2.8 8.8 2.8 6 5 3.8 7.8 3.8c1.6 0 3.1.7 4.2 1.9 1-1.2 2.6-1.9 4.2-1.9 2.8 0 5 2.2 5 5 0 3.5-3.1 6.3-7.9 10.6Z",
);
export const BACK = icon("M15.4 7.4 14 6l-6 6 6 6 1.4-1.4L10.8 12Z");
export const FORWARD = icon("M8.6 16.6 10 18l6-6-6-6-1.4 1.4L13.2 12Z");
export const TO_NOW = icon("M6 16.6 7.4 18l6-6-6-6L6 7.4 10.6 12ZM15.5 6h2.2v12h-2.2Z");
export const CLOSE = icon(
  "M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12Z",
);
