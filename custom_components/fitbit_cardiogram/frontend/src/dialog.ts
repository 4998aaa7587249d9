/** A small dialog of ours, in front of everything, that Escape closes. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { cardStyles } from "./card-styles";
import type { Hass } from "./hass";
import { type TextKey, text } from "./texts";

export abstract class Dialog extends LitElement {
  static override styles = [...cardStyles, dialogStyles()];
  @property({ attribute: false }) hass!: Hass;
  @property({ type: Boolean, reflect: true }) dark = false;
  @state() protected isBusy = false;
  @state() protected error = "";

  protected abstract readonly heading: TextKey;
  protected abstract readonly button: TextKey;

  protected abstract content(): TemplateResult;

  /** Do what the dialog is for; the result is said when it has been done. */
  protected abstract act(): Promise<TextKey>;

  protected say(key: TextKey, values?: Record<string, string | number>): string {
    return text(this.hass.locale.language, key, values);
  }

  protected override firstUpdated(): void {
    this.shadowRoot?.querySelector("dialog")?.showModal();
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @close=${() => this.remove()}>
      <form @submit=${this.submit}>
        <h2 id="heading">${this.say(this.heading)}</h2>
        ${this.content()}
        <p class="error" role="alert">${this.error || nothing}</p>
        <div class="buttons">
          <button type="button" @click=${this.close}>${this.say("cancel")}</button>
          <button class="main" ?disabled=${this.isBusy}>${this.say(this.button)}</button>
        </div>
      </form>
    </dialog>`;
  }

  private close(): void {
    this.shadowRoot?.querySelector("dialog")?.close();
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    this.isBusy = true;
    this.error = "";
    try {
      const done = await this.act();
      const detail = { message: this.say(done) };
      this.dispatchEvent(new CustomEvent("hass-notification", { detail, bubbles: true, composed: true }));
      this.close();
    } catch (error) {
      this.error = messageOf(error) || this.say("failed");
    }
    this.isBusy = false;
  }
}

/** Return what Home Assistant says of an error, of a command or of its REST interface. */
function messageOf(error: unknown): string {
  const { message, body } = (error ?? {}) as { message?: string; body?: { message?: string } };
  return String(body?.message ?? message ?? "");
}

/** Open a dialog beside a card, so that what it tells reaches Home Assistant. */
export function open(dialog: Dialog, card: HTMLElement, hass: Hass): void {
  dialog.hass = hass;
  dialog.dark = hass.themes.darkMode;
  card.shadowRoot?.append(dialog);
}

function dialogStyles() {
  return css`
    dialog {
      box-sizing: border-box;
      width: min(420px, calc(100vw - 32px));
      padding: 24px;
      border: none;
      border-radius: var(--ha-dialog-border-radius, 24px);
      background: var(--ha-dialog-surface-background, var(--card-background-color, #fff));
      color: var(--primary-text-color);
      font-size: 14px;
      line-height: 20px;
      box-shadow: 0 8px 32px rgba(0, 0, 0, 0.3);
    }
    :host([dark]) dialog {
      color-scheme: dark;
    }
    dialog::backdrop {
      background: rgba(0, 0, 0, 0.4);
    }
    h2 {
      margin-bottom: 12px;
      font-size: 20px;
      font-weight: 400;
      line-height: 28px;
    }
    label {
      display: block;
      margin-top: 16px;
      color: var(--secondary-text-color);
      font-size: 13px;
    }
    input,
    select {
      box-sizing: border-box;
      display: block;
      width: 100%;
      height: 44px;
      margin-top: 4px;
      padding: 0 12px;
      border: 1px solid var(--divider-color);
      border-radius: 8px;
      background: var(--secondary-background-color, transparent);
      color: var(--primary-text-color);
      font: inherit;
      font-size: 16px;
    }
    input:focus-visible,
    select:focus-visible {
      outline: 2px solid var(--primary-color);
      outline-offset: -1px;
    }
    .pair {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 16px;
    }
    .note {
      margin-top: 12px;
      color: var(--secondary-text-color);
      font-size: 13px;
      line-height: 18px;
    }
    .error {
      margin-top: 12px;
      color: var(--error-color, #b3261e);
    }
    .error:empty {
      display: none;
    }
    .buttons {
      display: flex;
      justify-content: flex-end;
      gap: 8px;
      margin-top: 20px;
    }
    .buttons button {
      min-height: 40px;
      padding: 0 16px;
      border-radius: 20px;
    }
    .buttons .main {
      background: color-mix(in srgb, var(--primary-color) 75%, #000);
      color: var(--text-primary-color, #fff);
    }
    .buttons .main:disabled {
      opacity: 0.5;
    }
  `;
}
