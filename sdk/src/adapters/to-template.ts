import { normalizeTemplate } from '../guard/template.ts'

/** A path as it was registered, spelled as a template: alternatives side by side, regular expressions in parentheses. */
export function toTemplate(path: unknown): string {
  if (Array.isArray(path)) return path.flat(Infinity).map(toTemplate).join('|')
  return path instanceof RegExp ? `/(${path.source})` : normalizeTemplate(String(path))
}
