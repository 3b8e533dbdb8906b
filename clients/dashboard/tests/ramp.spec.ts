import { expect, test } from '@playwright/test';
import { FIGURE_RAMP } from '../src/map/figure_ramp.js';
import { RAMP } from '../src/map/ramp.js';

const LAND = { light: '#fbfbf9', dark: '#18212c' };
// Viénot, Brettel and Mollon 1999, linear light: how an eye without one of the cones sees.
const EYES: Record<string, number[][]> = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.1124, 0.8876, 0], [0.1124, 0.8876, 0], [0.004, -0.004, 1]],
  deuteranopia: [[0.2928, 0.7072, 0], [0.2928, 0.7072, 0], [-0.0223, 0.0223, 1]],
};

function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

function luminance(hex: string, eye: number[][]): number {
  const seen = eye.map((line) => line.reduce((sum, factor, index) => sum + factor * linear(hex)[index]!, 0));
  return 0.2126 * seen[0]! + 0.7152 * seen[1]! + 0.0722 * seen[2]!;
}

const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

const RAMPS = { hotspots: RAMP, figures: FIGURE_RAMP };

for (const theme of ['light', 'dark'] as const) {
  for (const [name, eye] of Object.entries(EYES)) {
    for (const [subject, ramp] of Object.entries(RAMPS)) {
      test(`the ramp of ${subject} rises by lightness alone, ${theme}, ${name}`, () => {
        const steps = ramp.map((entry) => luminance(entry[theme], eye));
        for (let index = 1; index < steps.length; index += 1) {
          const isAway = theme === 'light' ? steps[index]! < steps[index - 1]! : steps[index]! > steps[index - 1]!;
          expect(isAway, ramp[index]!.text).toBe(true);
          expect(contrast(steps[index]!, steps[index - 1]!), ramp[index]!.text).toBeGreaterThan(1.2);
        }
      });
    }
  }

  test(`what asks for attention stands out from the land, ${theme}`, () => {
    const land = luminance(LAND[theme], EYES['all']!);
    for (const entry of RAMP.slice(3)) expect(contrast(luminance(entry[theme], EYES['all']!), land), entry.text).toBeGreaterThan(3);
  });
}
