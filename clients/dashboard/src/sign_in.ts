const KEY = 'commonwatch.token';

/** The viewer's token, kept until the tab is closed; empty where the hub needs none. */
export function readToken(): string {
  return sessionStorage.getItem(KEY) ?? '';
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token.trim());
}
