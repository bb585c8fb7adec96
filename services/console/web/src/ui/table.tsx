import type { ReactNode } from 'react'

export type Column<Row> = {
  title: string
  cell: (row: Row) => ReactNode
  align?: 'right'
  /** It takes the room that is left. */
  grows?: boolean
}

/** A table of a few hundred rows at most; longer lists are virtualised by their page. */
export function Table<Row>({
  label,
  rows,
  columns,
  id,
}: {
  label: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  id: (row: Row) => string | number
}) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="overflow-x-auto rounded-md border border-line bg-panel"
    >
      <table className="w-full border-collapse">
        <thead>
          <tr className="border-b border-line text-left text-sm text-muted">
            {columns.map(({ title, align, grows }) => (
              <th
                key={title}
                scope="col"
                className={`h-8 px-3 font-normal whitespace-nowrap ${align === 'right' ? 'text-right' : ''} ${grows ? 'w-full min-w-40' : ''}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)} className="border-b border-line last:border-0 hover:bg-raised">
              {columns.map(({ title, cell, align, grows }) => {
                const content = cell(row)
                return (
                  <td
                    key={title}
                    title={grows && typeof content === 'string' ? content : undefined}
                    className={`h-8 px-3 py-0.5 ${align === 'right' ? 'text-right' : ''} ${grows ? 'max-w-0 truncate' : 'whitespace-nowrap'}`}
                  >
                    {/* The words of quiet buttons stand below the title of their column, not their edges. */}
                    {title === 'actions' ? <div className="-ml-2.5">{content}</div> : content}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
