/** Names of accounts and users, as one types them; the server decides. */

/** What is wrong, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'Enter a name.';
  if (name.length > 64) return 'A name has at most 64 characters.';
  return /^[A-Za-z0-9_+=,.@-]+$/.test(name)
    ? undefined
    : 'A name has only letters, digits and _ + = , . @ -';
}

export function canonicalIdProblem(id: string): string | undefined {
  return id === '' || /^[0-9a-f]{64}$/.test(id)
    ? undefined
    : 'A canonical user id has 64 lower-case hexadecimal digits.';
}

export function accountAddress(account: string): string {
  return `/accounts/${encodeURIComponent(account)}`;
}

export function userAddress(account: string, user: string): string {
  return `${accountAddress(account)}?${new URLSearchParams({ user }).toString()}`;
}
