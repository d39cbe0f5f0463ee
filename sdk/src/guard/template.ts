import { sha256 } from '../sha256.ts'

const LENGTH_MAX = 500
const MARK_LENGTH = 12

/**
 * One spelling for a template: a slash at the start, none at the end and none twice, so that `/orders` of one framework is
 * `/orders/` of another. Regular expressions are left as they are.
 */
export function normalizeTemplate(template: string): string {
  if (template.startsWith('/(') || template.startsWith('(')) return `/${template.replace(/^\//, '')}`
  return `/${template}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
}

/** The control plane takes no longer ones. What is cut off still tells two of them apart. */
const shorten = (template: string): string =>
  template.length <= LENGTH_MAX
    ? template
    : `${template.slice(0, LENGTH_MAX - MARK_LENGTH - 1)}~${sha256(template).slice(0, MARK_LENGTH)}`

/** A template as the endpoint of its route is named by it. */
export const toEndpointTemplate = (template: string): string => shorten(normalizeTemplate(template))
