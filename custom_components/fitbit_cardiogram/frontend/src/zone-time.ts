/** Civil time in a time zone, as seconds. */

const QUARTER = 900;

export class ZoneTime {
  private readonly offsets = new Map<number, number>();
  private readonly format: Intl.DateTimeFormat;

  constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  }

  /** Return the seconds that clocks are ahead of UTC; clocks are only ever changed at quarters of an hour. */
  offset(time: number): number {
    const quarter = Math.floor(time / QUARTER);
    let offset = this.offsets.get(quarter);
    if (offset === undefined) {
      const said = this.format.format(quarter * QUARTER * 1000);
      const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(said) ?? [];
      offset = sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60) : 0;
      this.offsets.set(quarter, offset);
    }
    return offset;
  }

  /** Return what clocks show, as if it were UTC. */
  local(time: number): number {
    return time + this.offset(time);
  }

  /** Return the moment at which clocks show that. */
  moment(local: number): number {
    const guess = local - this.offset(local);
    return local - this.offset(guess);
  }

  /** Return the midnight at which a moment's civil day begins. */
  midnight(time: number): number {
    return this.moment(Math.floor(this.local(time) / 86400) * 86400);
  }
}
