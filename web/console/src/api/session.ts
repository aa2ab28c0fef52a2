const storageKey = 'meridian.token';
const listeners = new Set<() => void>();

/** The token lives for as long as the tab does, and nowhere but in this tab. */
export const session = {
  token: (): string | null => sessionStorage.getItem(storageKey),

  signIn(token: string) {
    sessionStorage.setItem(storageKey, token);
    tell();
  },

  signOut() {
    sessionStorage.removeItem(storageKey);
    tell();
  },

  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/**
 * Takes the token out of an address such as `/#token=…` and out of the browser's history. A fragment is
 * never sent to a server, so it does not reach an access log on the way.
 */
export function takeTokenFromAddress() {
  const token = tokenInFragment(window.location.hash);
  if (token === null) return;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  if (token !== '') session.signIn(token);
}

/** The token in a fragment, empty if the fragment names none, null if it is not about tokens at all. */
export function tokenInFragment(fragment: string): string | null {
  if (!fragment.startsWith('#token=')) return null;
  return new URLSearchParams(fragment.slice(1)).get('token')?.trim() ?? '';
}

function tell() {
  for (const listener of [...listeners]) listener();
}
