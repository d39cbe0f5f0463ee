import { toCount } from '@/components/ui/words.ts'
import { toBucketWords } from './bucket-words.ts'
import type { Series, SeriesStyle } from './series-styles.ts'

interface ChartTableProps {
  readonly label: string
  readonly series: Series
  readonly styles: readonly SeriesStyle[]
}

const ROWS_MAX = 200

/** The chart as a table, for screen readers: buckets without any decision are left out. */
export function ChartTable({ label, series: { buckets, bucketSeconds, series }, styles }: ChartTableProps) {
  const countOf = (key: string, index: number): number => series.find((each) => each.key === key)?.counts[index] ?? 0
  const rows = buckets
    .map((at, index) => ({ at, counts: styles.map(({ key }) => countOf(key, index)) }))
    .filter(({ counts }) => counts.some((count) => count > 0))
    .slice(-ROWS_MAX)
  return (
    <div className="sr-only">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {styles.map(({ key, label: name }) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, counts }) => (
            <tr key={at}>
              <th scope="row">{toBucketWords(at, bucketSeconds)}</th>
              {counts.map((count, index) => (
                <td key={styles[index]?.key ?? index}>{toCount(count)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
