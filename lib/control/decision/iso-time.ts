const ISO_TIME = /^20\d\d-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/
const DATE_LENGTH = 10

/**
 * Reads times as `Date.prototype.toISOString` writes them, to milliseconds since 1970; of any other text NaN. Nearly all that
 * come together are of one day, which is looked at once.
 */
export function createIsoTimeReader(): (text: string) => number {
  let date = ''
  let dateMs = Number.NaN

  return (text) => {
    if (!ISO_TIME.test(text)) return Number.NaN
    if (date === '' || !text.startsWith(date)) {
      date = text.slice(0, DATE_LENGTH)
      dateMs = readDate(date)
    }
    const [hours, minutes, seconds] = [twoDigitsAt(text, 11), twoDigitsAt(text, 14), twoDigitsAt(text, 17)]
    return dateMs + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + digitAt(text, 20) * 100 + twoDigitsAt(text, 21)
  }
}

/** NaN of a day that its month does not have. */
function readDate(date: string): number {
  const ms = Date.parse(date)
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(date) ? Number.NaN : ms
}

const DIGIT_ZERO = 48
const digitAt = (text: string, index: number): number => text.charCodeAt(index) - DIGIT_ZERO
const twoDigitsAt = (text: string, index: number): number => digitAt(text, index) * 10 + digitAt(text, index + 1)
