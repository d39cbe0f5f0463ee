/** Keeps minified code out of terminals: before an error that nobody catches Node shows the line that threw, however long it is. */
import { transform } from 'esbuild'
import { readFile, writeFile } from 'node:fs/promises'

/** Node leaves out a line that holds this. */
const UNSHOWN = 'node-do-not-add-exception-line'
const AT_START = `/*${UNSHOWN}*/`
const AT_END = `//${UNSHOWN}`
/** Shorter lines may be shown. */
const SHOWN_LENGTH_MAX = 300

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const CONTINUES = 32

/** A number of a source map: five bits a digit, the lowest ones first, of which the very first is the sign. */
function encodeVlq(column) {
  let [rest, text] = [column * 2, '']
  do {
    const bits = rest % CONTINUES
    rest = (rest - bits) / CONTINUES
    text += DIGITS[rest > 0 ? bits + CONTINUES : bits]
  } while (rest > 0)
  return text
}

function decodeVlq(digits) {
  const bits = [...digits].map((digit) => DIGITS.indexOf(digit) % CONTINUES)
  return bits.reduceRight((rest, five) => rest * CONTINUES + five, 0) / 2
}

/** Columns follow from each other: where a line moves, only the first one of it has to be told. */
const shiftLine = (mappings) =>
  mappings.replace(/^[g-z0-9+/]*[A-Za-f]/, (column) => encodeVlq(decodeVlq(column) + AT_START.length))

const meaningOf = async (code) => (await transform(code, { minify: true })).code

/** The line with a mark, where that does not fall into a text; undefined where both ends do. */
async function findMark(lines, index, meaning) {
  const line = lines[index]
  for (const marked of [`${line}${AT_END}`, `${AT_START}${line}`]) {
    const isHarmless = (await meaningOf(lines.with(index, marked).join('\n')).catch(() => null)) === meaning
    if (isHarmless) return marked
  }
  return undefined
}

/** Marks the lines of a built file that can throw, and moves its source map with them. */
export async function leaveOutSource(path) {
  const code = await readFile(path, 'utf8')
  const map = JSON.parse(await readFile(`${path}.map`, 'utf8'))
  const [lines, mappings, meaning] = [code.split('\n'), map.mappings.split(';'), await meaningOf(code)]
  for (const [index, line] of lines.entries()) {
    if (line.length <= SHOWN_LENGTH_MAX || !/\bthrow\b/.test(line)) continue
    lines[index] = (await findMark(lines, index, meaning)) ?? line
    if (lines[index].startsWith(AT_START)) mappings[index] = shiftLine(mappings[index])
  }
  await writeFile(path, lines.join('\n'))
  await writeFile(`${path}.map`, JSON.stringify({ ...map, mappings: mappings.join(';') }))
}
