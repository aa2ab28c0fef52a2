export type TokenCheck = 'accepted' | 'refused' | 'unreachable';

/** Asks the server who the token is before the session begins with it. */
export async function checkToken(token: string): Promise<TokenCheck> {
  // A header takes only visible ASCII; anything else was pasted by mistake.
  if (!/^[\x21-\x7e]+$/.test(token)) return 'refused';
  try {
    const answer = await fetch('/api/v1/whoami', { headers: { Authorization: `Bearer ${token}` }, cache: 'no-store' });
    if (answer.ok) return 'accepted';
    return answer.status === 401 || answer.status === 403 ? 'refused' : 'unreachable';
  } catch {
    return 'unreachable';
  }
}
