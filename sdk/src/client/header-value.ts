/** Header values are ASCII; a workload's name may not be. */
export const toHeaderValue = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')
