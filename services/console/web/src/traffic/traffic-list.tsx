import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useKeys } from '../shell/shortcuts.ts'
import type { Column } from './columns.tsx'
import type { FoundExchange } from './queries.ts'

const rowHeight = 32

/** A list of any length: only the rows near the window exist. `j` and `k` move, `Enter` opens, and the next page comes by itself. */
export function TrafficList({
  rows,
  columns,
  selected,
  select,
  open,
  more,
}: {
  rows: readonly FoundExchange[]
  columns: readonly Column[]
  selected: string | undefined
  select: (exchange: string | undefined) => void
  open: (exchange: string) => void
  more: (() => void) | undefined
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]!.exchange,
    overscan: 20,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && last >= rows.length - 30) more()
  }, [last, rows.length, more])
  const move = (step: number) => {
    const at = rows.findIndex(({ exchange }) => exchange === selected)
    const next = at < 0 ? 0 : Math.max(0, Math.min(at + step, rows.length - 1))
    if (!rows[next]) return
    select(rows[next].exchange)
    virtual.scrollToIndex(next)
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: (event) => {
      if (selected === undefined || (event.target as HTMLElement).closest?.('a, button')) return
      open(selected)
    },
    Escape: () => select(undefined),
  })
  const template = {
    gridTemplateColumns: columns
      .map(({ width, grows }) => (grows ? `minmax(${width}rem,1fr)` : `${width}rem`))
      .join(' '),
  }
  const minWidth = `${columns.reduce((sum, { width }) => sum + width + 0.75, 1.25)}rem`
  return (
    <div
      ref={scroller}
      role="table"
      aria-label="Exchanges"
      aria-rowcount={rows.length}
      tabIndex={0}
      className="h-full min-w-0 grow overflow-auto"
    >
      <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-page" style={{ minWidth }}>
        <div role="row" className="grid h-8 items-center gap-3 px-4 text-sm text-muted" style={template}>
          {columns.map(({ name, title, align }) => (
            <div key={name} role="columnheader" className={align === 'right' ? 'text-right' : ''}>
              {title}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize(), minWidth }}>
        {items.map(({ index, key, start }) => {
          const row = rows[index]!
          const isSelected = row.exchange === selected
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: j, k and Enter do the same
            <div
              key={key}
              role="row"
              aria-rowindex={index + 1}
              aria-selected={isSelected}
              onClick={() => select(isSelected ? undefined : row.exchange)}
              onDoubleClick={() => open(row.exchange)}
              className={`absolute inset-x-0 top-0 grid h-8 cursor-default items-center gap-3 border-b border-line px-4 ${isSelected ? 'bg-raised shadow-[inset_2px_0_0_var(--accent)]' : 'hover:bg-raised'}`}
              style={{ ...template, transform: `translateY(${start}px)` }}
            >
              {columns.map(({ name, cell, align }) => (
                <div key={name} role="cell" className={`truncate ${align === 'right' ? 'text-right' : ''}`}>
                  {cell(row)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}
