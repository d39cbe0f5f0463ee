import type { ModeChangeMark } from '#lib/client/object-types.ts'
import { toChartRows } from './chart-rows.ts'
import type { Series, SeriesStyle } from './series-styles.ts'

interface ChartTableProps {
  readonly label: string
  readonly series: Series
  readonly styles: readonly SeriesStyle[]
  readonly marks: readonly ModeChangeMark[]
}

const ROWS_MAX = 200

/** The chart as a table, for screen readers. */
export function ChartTable({ label, series, styles, marks }: ChartTableProps) {
  const rows = toChartRows(series, styles, marks).slice(-ROWS_MAX)
  const hasNotes = rows.some(({ note }) => note !== '')
  return (
    <div className="sr-only">
      <table>
        <caption>{label}. Times that are not listed had no decision.</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {styles.map(({ key, label: name }) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
            {hasNotes && <th scope="col">Note</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, time, counts, note }) => (
            <tr key={key}>
              <th scope="row">{time}</th>
              {styles.map((style, index) => (
                <td key={style.key}>{counts === null ? 'not known' : counts[index]}</td>
              ))}
              {hasNotes && <td>{note}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
