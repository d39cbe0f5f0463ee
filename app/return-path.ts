const BASE = 'http://console.invalid'

/** Where to go after signing in: a path of this origin, whatever the address bar was made to say. */
export function toReturnPath(value: string | null | undefined): string {
  if (typeof value !== 'string' || !value.startsWith('/')) return '/'
  if (!URL.canParse(value, BASE)) return '/'
  const url = new URL(value, BASE)
  return url.origin === BASE && !url.pathname.startsWith('//') && !url.pathname.startsWith('/sign-in')
    ? `${url.pathname}${url.search}${url.hash}`
    : '/'
}
