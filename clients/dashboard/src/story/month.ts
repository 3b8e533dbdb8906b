const NAME = new Intl.DateTimeFormat([], { year: 'numeric', month: 'long' });

/** A calendar month in the time zone of the browser. */
export class Month {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;

  constructor(year: number, month: number) {
    this.year = year;
    this.month = month;
  }

  /** `2026-06`; anything else: the month before this one, the last that is whole. */
  static of(text: string | undefined, now: number): Month {
    const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text ?? '') ?? [];
    if (year !== undefined && month !== undefined) return new Month(Number(year), Number(month));
    const before = new Date(new Date(now).getFullYear(), new Date(now).getMonth() - 1, 1);
    return new Month(before.getFullYear(), before.getMonth() + 1);
  }

  get from(): number {
    return new Date(this.year, this.month - 1, 1).getTime();
  }

  get to(): number {
    return new Date(this.year, this.month, 1).getTime();
  }

  get days(): number {
    return new Date(this.year, this.month, 0).getDate();
  }

  get text(): string {
    return `${this.year}-${String(this.month).padStart(2, '0')}`;
  }

  get title(): string {
    return NAME.format(this.from);
  }

  get yearBefore(): Month {
    return new Month(this.year - 1, this.month);
  }

  /** 0 for the first day. */
  dayOf(time: number): number {
    return new Date(time).getDate() - 1;
  }
}
