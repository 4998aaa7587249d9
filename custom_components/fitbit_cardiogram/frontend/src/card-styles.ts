/** How the cards of the dashboard look, beside each card's own. */

import { css } from "lit";
import { colourStyles } from "./colours";
import { unseen } from "./unseen";

export const cardStyles = [
  colourStyles,
  unseen,
  css`
    :host {
      display: block;
      /* As all of our languages, and time in a chart. */
      direction: ltr;
    }
    :host([hidden]) {
      display: none;
    }
    ha-card {
      display: block;
      box-sizing: border-box;
      color: var(--primary-text-color);
      font-variant-numeric: tabular-nums;
    }
    h2 {
      margin: 0;
      font-size: 16px;
      font-weight: 500;
      line-height: 24px;
    }
    p,
    dl,
    dd,
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    small,
    dt {
      color: var(--secondary-text-color);
      font-size: 13px;
      line-height: 18px;
    }
    a,
    button {
      /* Home Assistant's own blue is too faint for words on white. */
      color: color-mix(in srgb, var(--primary-color) 75%, var(--primary-text-color));
      font: inherit;
      font-weight: 500;
      text-decoration: none;
    }
    button {
      margin: 0;
      padding: 0;
      border: none;
      background: none;
      cursor: pointer;
      -webkit-tap-highlight-color: transparent;
    }
    a:hover,
    button:hover {
      text-decoration: underline;
    }
    a:focus-visible,
    button:focus-visible,
    [tabindex]:focus-visible {
      outline: 2px solid var(--primary-color);
      outline-offset: 2px;
      border-radius: 4px;
    }
    .alone {
      padding: 16px;
      text-align: center;
      color: var(--secondary-text-color);
    }
  `,
];
