// Colours of the map: one sequence of rising alarm, light to dark on the light map, dark to light on
// the dark one, so that lightness alone tells the classes apart, whatever colours an eye can see.

export interface RampClass {
  /** From this many days of recurrence on. */
  readonly intervalDays: number;
  readonly text: string;
  readonly light: string;
  readonly dark: string;
}

export const RAMP: readonly RampClass[] = [
  { intervalDays: 0, text: 'below 30 days', light: '#ece4ca', dark: '#39334f' },
  { intervalDays: 30, text: '30 to 100 days (note)', light: '#efb74c', dark: '#7b4480' },
  { intervalDays: 100, text: '100 to 365 days (watch)', light: '#d9682a', dark: '#c4567f' },
  { intervalDays: 365, text: '1 to 10 years (alert)', light: '#a3234a', dark: '#f3916a' },
  { intervalDays: 3650, text: 'over 10 years (alert)', light: '#3f0d45', dark: '#fbe6a2' },
];

/** Which class of the ramp: all that a colour depends on. */
export function rampStep(intervalDays: number): number {
  return Math.max(0, RAMP.findLastIndex((entry) => intervalDays >= entry.intervalDays));
}

/** As `--ramp-0` and so on, for the list and the legend: the same colours as on the map. */
export function publishRamp(root: HTMLElement): void {
  RAMP.forEach(({ light, dark }, index) => root.style.setProperty(`--ramp-${index}`, `light-dark(${light}, ${dark})`));
}
