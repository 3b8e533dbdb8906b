const TIME = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const SHORT = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat([], { year: 'numeric', month: 'short', day: 'numeric' });

/** `14:03:22`, with the day where it is not today's. All in the time zone of the browser. */
export function clockTime(time: number, now: number): string {
  return DAY.format(time) === DAY.format(now) ? TIME.format(time) : `${DAY.format(time)}, ${TIME.format(time)}`;
}

/** `Mar 11, 2016, 09:12`. */
export function dayTime(time: number): string {
  return `${DAY.format(time)}, ${SHORT.format(time)}`;
}

export function dayText(time: number): string {
  return DAY.format(time);
}

/** Whether a day begins then, in the time zone of the browser. */
export function isMidnight(time: number): boolean {
  const date = new Date(time);
  return date.getHours() === 0 && date.getMinutes() === 0;
}
