// Colours of figures: a sequence of its own, so that a figure is not taken for a hotspot. Rises by
// lightness alone, as that of hotspots does.

export interface FigureClass {
  /** From this many persons on. */
  readonly persons: number;
  readonly text: string;
  readonly light: string;
  readonly dark: string;
}

export const FIGURE_RAMP: readonly FigureClass[] = [
  { persons: 0, text: 'below 5 persons', light: '#cfe3ee', dark: '#2b4a66' },
  { persons: 5, text: '5 to 9', light: '#93c1da', dark: '#33709b' },
  { persons: 10, text: '10 to 19', light: '#4f97c1', dark: '#4f9cc8' },
  { persons: 20, text: '20 to 49', light: '#22659b', dark: '#8fc8e4' },
  { persons: 50, text: '50 and more', light: '#0a2f5c', dark: '#e0f3fb' },
];

/** What is not a number. Told apart by pattern: dots, and slanting lines. */
export const NO_FIGURE = {
  hidden: { text: 'hidden: few or none', light: '#5d6874', dark: '#a3afbc' },
  none: { text: 'no data: nobody delivered', light: '#8a5200', dark: '#f5b95f' },
} as const;

export function figureStep(persons: number): number {
  return Math.max(0, FIGURE_RAMP.findLastIndex((entry) => persons >= entry.persons));
}

/** As `--figure-0` and so on, for the list and the legend: the same colours as on the map. */
export function publishFigureRamp(root: HTMLElement): void {
  FIGURE_RAMP.forEach(({ light, dark }, index) => root.style.setProperty(`--figure-${index}`, `light-dark(${light}, ${dark})`));
  for (const [name, { light, dark }] of Object.entries(NO_FIGURE)) {
    root.style.setProperty(`--figure-${name}`, `light-dark(${light}, ${dark})`);
  }
}
