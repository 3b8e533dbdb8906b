import {
  openAlerts, ranked, selects, type Alert, type Comparison, type Hotspot, type HotspotState, type PersistentPlace,
  type Selection, type SourceHealth,
} from '@commonwatch/client';

/** A state at one moment. Messages are replaced whole and never changed, so that it stays as it was. */
export interface Scene {
  /** Undefined: nothing has come yet. */
  readonly asOf: number | undefined;
  readonly hotspots: readonly Hotspot[];
  /** Open ones first, those that nobody has answered at the top; then those that are over. */
  readonly open: readonly Alert[];
  readonly alerts: readonly Alert[];
  readonly sources: readonly SourceHealth[];
  readonly places: readonly PersistentPlace[];
  readonly comparisons: readonly Comparison[];
}

export function sceneOf(state: HotspotState): Scene {
  return {
    asOf: state.asOf,
    hotspots: [...state.hotspots()],
    open: openAlerts(state),
    alerts: state.alerts(),
    sources: state.sources(),
    places: state.places(),
    comparisons: state.comparisons(),
  };
}

/** What is chosen of it, ranked. `nameOf` is what words are looked for in. */
export function choose(scene: Scene, selection: Selection & { readonly text: string }, nameOf: (hotspot: Hotspot) => string): Hotspot[] {
  const chosen = scene.hotspots.filter((hotspot) => selects(selection, hotspot)
    && (selection.text === '' || nameOf(hotspot).toLowerCase().includes(selection.text)));
  return ranked(chosen);
}
