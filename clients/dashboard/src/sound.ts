// One short tone for an alert that asks. Off until somebody turns it on: waking people is the hub's work.
const TONE_S = 0.25;
const EVERY_MS = 60_000;

let context: AudioContext | undefined;
let soundedAt = -EVERY_MS;

/** At most once a minute. */
export function sound(): void {
  if (performance.now() - soundedAt < EVERY_MS) return;
  soundedAt = performance.now();
  context ??= new AudioContext();
  const tone = new OscillatorNode(context, { frequency: 660 });
  const volume = new GainNode(context, { gain: 0.15 });
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + TONE_S);
}
