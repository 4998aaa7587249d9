/** What the chart card shows of sessions: their names above the curve, and the head of an open one. */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Formats } from "./formats";
import { BACK } from "./icons";
import {
  type Axis,
  inside,
  isQuiet,
  labelWidth,
  lengthened,
  type Placed,
  placed,
  type Session,
} from "./sessions";
import { text } from "./texts";

type Open = (session: Session) => void;

/** Render the sessions above the curve as buttons, and workouts that there is no room for as marks. */
export function sessionStrip(formats: Formats, sessions: Session[], axis: Axis, open: Open): TemplateResult {
  const { language } = formats;
  const now = Date.now() / 1000;
  return html`<div class="sessions" role="group" aria-label=${text(language, "sessions")}>
    ${repeat(
      lengthened(placed(sessions, axis, now, language), formats, axis.width),
      ({ session }) => session.id,
      (one) => {
        const half = one.form === "label" ? labelWidth(one.name) / 2 : 12;
        const middle = one.form === "mark" ? one.middle : inside(one.middle, half, axis.width);
        const style = `left:${axis.left + middle}px`;
        return one.form === "mark"
          ? html`<i class="mark" style=${style}></i>`
          : sessionButton(formats, one, style, now, open);
      },
    )}
  </div>`;
}

function sessionButton(formats: Formats, one: Placed, style: string, now: number, open: Open) {
  const { session, name, form } = one;
  const label = `${name}, ${whenOf(session, formats, now)}`;
  return html`<button
    class="pick ${isQuiet(session) ? "quiet" : ""}"
    style=${style}
    data-session=${session.id}
    aria-label=${label}
    title=${label}
    @click=${() => open(session)}
  >
    <ha-icon icon=${session.icon}></ha-icon>${form === "label" ? html`<span>${name}</span>` : nothing}
  </button>`;
}

/** Saying a period costs more than all else of a button, and a view that moves is drawn often. */
const said = new WeakMap<Session, { formats: Formats; when: string }>();

function whenOf(session: Session, formats: Formats, now: number): string {
  const known = said.get(session);
  if (known?.formats === formats) return known.when;
  const when = session.when(formats, now);
  said.set(session, { formats, when });
  return when;
}

/** Render the head of the card while a session is open: the way back, what it was, and its figures. */
export function sessionHead(formats: Formats, session: Session, close: () => void): TemplateResult {
  const { language } = formats;
  const name = session.name(language);
  const back = text(language, "close_session");
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
  };
  return html`<header class="session" role="region" aria-label=${name} @keydown=${key}>
    <button class="round" aria-label=${back} title=${back} @click=${close}>${BACK}</button>
    <div class="title">
      <h2 tabindex="-1"><ha-icon icon=${session.icon}></ha-icon>${name}</h2>
      <div class="when">${session.when(formats, Date.now() / 1000)}</div>
    </div>
    <dl class="numbers">
      ${session.figures(formats).map(
        ([label, value]) =>
          html`<div>
            <dt>${text(language, label)}</dt>
            <dd>${value ?? "–"}</dd>
          </div>`,
      )}
    </dl>
  </header>`;
}
