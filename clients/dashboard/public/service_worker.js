// Lets the page open without a network, on phones that report. Files with a hash in their names are
// taken from the cache for ever; the page itself from the hub, and from the cache only while the hub
// cannot be reached. Nothing that holds data (/v1/, /tiles/) passes through here.
const CACHE = 'commonwatch-page-1';
// Beyond so many, those of earlier builds are in the way: all but what is asked for is dropped.
const FILES_MAX = 200;

self.addEventListener('install', (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  if (event.data?.keep) event.waitUntil(keepFiles(event.data.keep));
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(fromCache(event.request));
  else if (url.pathname === '/' || url.pathname === '/index.html') event.respondWith(fromHub(event.request));
});

async function keepPage() {
  const cache = await caches.open(CACHE);
  await cache.add('/');
}

async function keepFiles(paths) {
  const cache = await caches.open(CACHE);
  const held = await cache.keys();
  if (held.length > FILES_MAX) await Promise.all(held.map((request) => cache.delete(request)));
  await cache.addAll(['/', ...paths]);
}

async function fromCache(request) {
  const cache = await caches.open(CACHE);
  const held = await cache.match(request);
  if (held) return held;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function fromHub(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put('/', answer.clone());
    return answer;
  } catch (error) {
    const held = await cache.match('/');
    if (held) return held;
    throw error;
  }
}
