import { toBucketWords } from '../charts/bucket-words.ts'
import { toCount } from '../ui/words.ts'
import type { ForecastPoint } from './forecast-points.ts'

interface ForecastTableProps {
  readonly points: readonly ForecastPoint[]
  readonly bucketSeconds: number
}

const toCell = (count: number | null): string => (count === null ? 'not known' : toCount(Math.round(count * 10) / 10))

/** The lines as a table, for screen readers: buckets without requests are left out. */
export const ForecastTable = ({ points, bucketSeconds }: ForecastTableProps) => (
  <div className="sr-only">
    <table>
      <caption>Denials, forecast and actual. Times that are not listed had no request.</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Requests</th>
          <th scope="col">Denied</th>
          <th scope="col">Forecast</th>
        </tr>
      </thead>
      <tbody>
        {points
          .filter(({ requests, denied }) => requests > 0 || denied === null)
          .map(({ at, requests, forecast, denied }) => (
            <tr key={at}>
              <th scope="row">{toBucketWords(at, bucketSeconds)}</th>
              <td>{denied === null ? 'not known' : toCount(requests)}</td>
              <td>{toCell(denied)}</td>
              <td>{toCell(forecast)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  </div>
)
