/** How long what was not sent is kept, and how long what was sent can be undone; milliseconds. */
export const UNSENT_MS_MAX = 72 * 3_600_000;
export const UNDO_MS_MAX = 3_600_000;
/** Beyond this radius a person has to say that the place is right; metres. */
export const SURE_ACCURACY_M = 100;
export const DOSES_MAX = 8;

export type Outcome = 'unknown' | 'nonfatal' | 'fatal';

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyM: number;
}

/** What a person enters. */
export interface Report {
  readonly place: Place;
  readonly occurredAt: number;
  readonly outcome: Outcome;
  readonly doses: number;
}

const OUTCOMES: Record<Outcome, string> = { unknown: 'OUTCOME_UNSPECIFIED', nonfatal: 'OUTCOME_NONFATAL', fatal: 'OUTCOME_FATAL' };

/** In proto3 JSON; the schema has no field for a name. */
export function eventOf(recordId: string, { place, occurredAt, outcome, doses }: Report): object {
  return {
    recordId,
    occurredAt: new Date(occurredAt).toISOString(),
    location: { latitude: place.latitude, longitude: place.longitude, accuracyM: Math.ceil(place.accuracyM), kind: 'LOCATION_KIND_SCENE' },
    overdose: {
      certainty: 'CERTAINTY_SUSPECTED', outcome: OUTCOMES[outcome],
      persons: [{ outcome: OUTCOMES[outcome], administrations: Array.from({ length: doses }, () => ({ medication: 'MEDICATION_NALOXONE' })) }],
    },
  };
}

export function retractionOf(recordId: string, occurredAt: number): object {
  return { recordId, revision: 1, occurredAt: new Date(occurredAt).toISOString(), retraction: { reason: 'RETRACTION_REASON_ENTERED_IN_ERROR' } };
}
