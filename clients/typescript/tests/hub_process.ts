// The real hub as a process under test: own port, own data directory, ended by its process id.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, from wherever this file was compiled to. */
function root(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'CMakePresets.json'))) folder = dirname(folder);
  return folder;
}

export const BINARIES = resolve(process.env['COMMONWATCH_BIN'] ?? join(root(), 'build/release/bin'));

/** Why tests against the hub cannot run here; undefined: they can. */
export const SKIP = existsSync(join(BINARIES, 'commonwatch-hub'))
  ? undefined
  : `no hub in ${BINARIES}; build it, or name its folder in COMMONWATCH_BIN`;

/** The fewest null days that may be set: a calibration takes seconds. */
const QUICK = '[hotspot]\nnull_days = 3650\n[limits]\nheartbeat_ms = 2000\n';

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Until `condition` gives something; it is asked again and again. */
export async function until<Value>(what: string, condition: () => Value | undefined | false): Promise<Value> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    await pause(20);
  }
  throw new Error(`waited in vain for: ${what}`);
}

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

export class Hub {
  readonly directory = mkdtempSync(join(tmpdir(), 'commonwatch-test-'));
  port = 0;
  #process: ChildProcess | undefined;

  get server(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get http(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Again on the same port and data after `kill`. */
  async start(configuration = QUICK): Promise<this> {
    if (this.port === 0) this.port = await freePort();
    writeFileSync(join(this.directory, 'hub.toml'), configuration);
    const log = openSync(join(this.directory, 'hub.log'), 'a');
    this.#process = spawn(join(BINARIES, 'commonwatch-hub'),
      ['serve', '--config', 'hub.toml', '--listen', `127.0.0.1:${this.port}`, '--data', 'data'],
      { cwd: this.directory, stdio: ['ignore', log, log] });
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`the hub ended with ${this.#process.exitCode}`);
      if (await fetch(`${this.http}/readyz`).then((answer) => answer.ok, () => false)) return this;
      await pause(50);
    }
  }

  /** As a power cut to the process. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    await new Promise((done) => {
      child.once('exit', done);
      child.kill('SIGKILL');
    });
  }

  /** As a machine that hangs: connections stay, and nothing comes. */
  freeze(isFrozen: boolean): void {
    this.#process?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Waits until the hub has learnt what chance does: before, nothing opens. */
  async calibrated(): Promise<void> {
    const log = join(this.directory, 'hub.log');
    await until('a calibration', () => readFileSync(log, 'utf8').includes(' calibrated '));
  }

  /** Runs `commonwatch` to its end; what it printed. */
  command(...words: string[]): string {
    const [name = '', ...rest] = words;
    const done = spawnSync(join(BINARIES, 'commonwatch'), [name, '--server', this.server, ...rest], {
      env: { ...process.env, XDG_STATE_HOME: join(this.directory, 'state') },
      encoding: 'utf8', maxBuffer: 1 << 28,
    });
    if (done.status !== 0) throw new Error(`commonwatch ${words.join(' ')}: ${done.stderr}`);
    return done.stdout;
  }

  /** Starts `commonwatch`; end it with `kill`. */
  launch(...words: string[]): ChildProcess {
    const [name = '', ...rest] = words;
    return spawn(join(BINARIES, 'commonwatch'), [name, '--server', this.server, ...rest], {
      env: { ...process.env, XDG_STATE_HOME: join(this.directory, 'state') }, stdio: ['ignore', 'pipe', 'ignore'],
    });
  }
}
