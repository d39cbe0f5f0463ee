import { Skeleton } from '../skeleton.tsx'

interface LoadingTableProps {
  readonly rows: number
  readonly rowHeight: number
}

/** Holds the place of a table. Its heights are attributes: the server renders it, and a style attribute would be refused. */
export const LoadingTable = ({ rows, rowHeight }: LoadingTableProps) => (
  <div aria-busy>
    <div className="h-9 border-b border-line bg-sidebar" />
    <table aria-hidden className="w-full table-fixed">
      <tbody>
        {Array.from({ length: rows }, (_, index) => (
          <tr key={index}>
            <td height={rowHeight} className="border-b border-line px-4">
              <Skeleton className={index % 3 === 1 ? 'h-4 w-3/5' : 'h-4 w-4/5'} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
