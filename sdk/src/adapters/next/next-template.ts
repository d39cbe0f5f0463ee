/** Folders that are no part of the path: `(group)`. */
const isGroup = (segment: string): boolean => segment.startsWith('(') && segment.endsWith(')')

const toSegment = (segment: string): string =>
  segment
    .replace(/^\[\[\.\.\.(.+)\]\]$/, '{*$1}')
    .replace(/^\[\.\.\.(.+)\]$/, '*$1')
    .replace(/^\[(.+)\]$/, ':$1')

/** Spells a path of Next as a template: `/orders/[orderId]` as `/orders/:orderId`, `[...path]` as `*path`. */
export function nextTemplate(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && !isGroup(segment))
  return `/${segments.map(toSegment).join('/')}`
}
