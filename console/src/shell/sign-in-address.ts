/** The sign-in page, which goes on to `from`, an address of the console, afterwards. */
export function signInAddress(from: string): string {
  if (from === '/' || from === '/buckets') return '/sign-in';
  return `/sign-in?to=${encodeURIComponent(from)}`;
}
