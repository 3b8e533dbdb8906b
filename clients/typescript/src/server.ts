/** `https://hub.example.org`, `ws://127.0.0.1:8710` or a page's own origin: where its stream is. */
export function streamUrl(server: string): string {
  const url = new URL('/v1/stream', server);
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:';
  return url.href;
}

/** Where a path of its HTTP side is. */
export function httpUrl(server: string, path: string): URL {
  const url = new URL(path, server);
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'https:' : 'http:';
  return url;
}
