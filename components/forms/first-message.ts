/** The first message anywhere below a node of react-hook-form's errors. */
export function firstMessage(node: unknown, depth = 0): string | undefined {
  if (node === null || typeof node !== 'object' || depth > 5) return undefined
  if ('message' in node && typeof node.message === 'string' && node.message !== '') return node.message
  for (const [key, inner] of Object.entries(node)) {
    const message = key === 'ref' ? undefined : firstMessage(inner, depth + 1)
    if (message !== undefined) return message
  }
  return undefined
}
