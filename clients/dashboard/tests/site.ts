// The page as a hub would serve it, in front of a hub: the files of dist, compressed, under the
// content security policy; everything else goes on to the hub.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { extname, join } from 'node:path';
import { type Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
const POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
  + "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export class Site {
  readonly #server: Server;
  readonly #hubPort: number;

  private constructor(hubPort: number) {
    this.#hubPort = hubPort;
    this.#server = createServer((asked, answer) => this.#answer(asked, answer));
    this.#server.on('upgrade', (asked, socket: Duplex, head: Buffer) => this.#tunnel(asked, socket, head));
  }

  static async start(hubPort: number): Promise<Site> {
    if (!existsSync(join(DIST, 'index.html'))) throw new Error('no dist; run `npm run build` in clients/ first');
    const site = new Site(hubPort);
    await new Promise<void>((done) => site.#server.listen(0, '127.0.0.1', done));
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(asked: IncomingMessage, answer: ServerResponse): void {
    const { pathname } = new URL(asked.url ?? '/', 'http://site');
    if (pathname.startsWith('/v1/')) return this.#forward(asked, answer);
    if (pathname === '/tiles/') return void answer.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    const path = join(DIST, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(path) || !statSync(path).isFile()) return void answer.writeHead(404).end();
    const isCompressed = existsSync(`${path}.br`) && (asked.headers['accept-encoding'] ?? '').includes('br');
    answer.writeHead(200, {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'content-security-policy': POLICY,
      ...(isCompressed ? { 'content-encoding': 'br' } : {}),
    });
    answer.end(readFileSync(isCompressed ? `${path}.br` : path));
  }

  #forward(asked: IncomingMessage, answer: ServerResponse): void {
    const onward = request({ port: this.#hubPort, path: asked.url, method: asked.method, headers: asked.headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    onward.on('error', () => answer.writeHead(502).end());
    asked.pipe(onward);
  }

  #tunnel(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    const hub = connect(this.#hubPort, '127.0.0.1', () => {
      const headers = { ...asked.headers, host: `127.0.0.1:${this.#hubPort}`, origin: `http://127.0.0.1:${this.#hubPort}` };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      hub.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      hub.write(head);
      socket.pipe(hub).pipe(socket);
    });
    hub.on('error', () => socket.destroy());
    hub.on('close', () => socket.destroy());
    socket.on('error', () => hub.destroy());
    socket.on('close', () => hub.destroy());
  }
}
