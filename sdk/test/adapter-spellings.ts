/** Spellings of a path that reached its handler on one framework or another, and some that reached none. */
export function spellingsOf(path: string): string[] {
  const encodeFirst = (text: string): string =>
    text.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
  const [first = '', ...rest] = path.slice(1).split('/')
  const within = rest.join('/')
  return [
    path,
    `${path}/`,
    path.toUpperCase(),
    `/.${path}`,
    `/x/..${path}`,
    `/x/%2e%2e${path}`,
    `/${encodeFirst(first)}/${within}`,
    `/${first}/${within.slice(0, 1)}${encodeFirst(within.slice(1))}`,
    `http://x${path}`,
    `${path}#fragment`,
    `${path}?x=1`,
    `${path}?`,
    `/${path}`,
    `/${first}//${within}`,
    `${path};x=1`,
    `${path}%00`,
    `${path}%2f`,
    `/${first}%2f${within}`,
    `${path}%20`,
    `${path}/.`,
    path.slice(0, 1) + path.slice(1).replaceAll('/', '\\'),
    `/tenants/a/../..${path}`,
    `/orders/..${path.replaceAll('/', '%2f')}`,
  ]
}
