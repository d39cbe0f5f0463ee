import { setImmediate } from 'node:timers/promises'

const DIGIT_ZERO = 48
const NEW_LINE = 10
/** So many lines are read before others have their turn: the process that reads them also answers polls. */
const LINES_PER_TURN = 2_000

/** Hands over the whole numbers of each line, whatever stands between them: `17{0,3}{2,1}` is 17, 0, 3, 2 and 1. */
export async function readNumberLines(
  text: string,
  numbersMax: number,
  take: (numbers: Float64Array, count: number) => void,
): Promise<void> {
  const numbers = new Float64Array(numbersMax)
  let [lines, count, number, isNumber] = [0, 0, 0, false]
  const endNumber = (): void => {
    if (isNumber) numbers[count++] = number
    number = 0
    isNumber = false
  }
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= DIGIT_ZERO && code < DIGIT_ZERO + 10) {
      number = number * 10 + code - DIGIT_ZERO
      isNumber = true
      continue
    }
    endNumber()
    if (code !== NEW_LINE) continue
    take(numbers, count)
    count = 0
    if (++lines % LINES_PER_TURN === 0) await setImmediate()
  }
  endNumber()
  if (count > 0) take(numbers, count)
}

export function countLines(text: string): number {
  let lines = text === '' ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
