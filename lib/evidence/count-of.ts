export const formatCount = (count: number): string => count.toLocaleString('en-US')

/** `1 request`, `2 requests`. */
export const countOf = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
