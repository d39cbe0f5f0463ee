/** A line of RFC 4180 with its end. What a spreadsheet would take for a formula is kept from being one. */
export const toCsvLine = (values: readonly unknown[]): string => `${values.map(toCell).join(',')}\r\n`

function toCell(value: unknown): string {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
  const inert = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
