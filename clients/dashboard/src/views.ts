import * as live from './live/live_view.js';
import { type ViewEntry } from './view.js';

/** In the order of the navigation; the first is shown where the address names none. Only that one comes with the page. */
export const VIEWS: readonly ViewEntry[] = [
  { name: 'live', title: 'Live', load: async () => live },
  { name: 'replay', title: 'Replay', load: () => import('./replay/replay_view.js') },
  { name: 'report', title: 'Report', load: () => import('./report/report_view.js') },
  { name: 'story', title: 'Story', load: () => import('./story/story_view.js') },
];
