import { type ReactNode, useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useTheme } from '../shell/theme.ts'

export type Line = {
  name: string
  /** A variable of the theme, such as `--block`. */
  colour: string
  values: (number | null)[]
}

/** Seconds since 1970. */
export type Range = { from: number; until: number }

const height = 150

/** Lines over time, or bars that stand on each other, with the values under the pointer. */
export function TimeChart({
  label,
  times,
  range,
  lines,
  kind,
  format,
  tools,
  choose,
}: {
  label: string
  times: number[]
  range: Range
  lines: Line[]
  kind: 'bars' | 'lines'
  format: (value: number) => string
  /** At the end of the head. */
  tools?: ReactNode
  /** Called with the step that a pointer selects, and the name of the bar's part that is there; offer the same by keyboard. */
  choose?: (index: number, name: string | undefined) => void
}) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(undefined)
  const [pointed, setPointed] = useState<number>()
  const theme = useTheme()
  const shape = `${kind} ${range.from} ${range.until} ${lines.map(({ name }) => name).join()} ${theme}`
  const data = [
    times,
    ...(kind === 'bars' ? stacked(lines) : lines.map(({ values }) => values)),
  ] as uPlot.AlignedData
  // biome-ignore lint/correctness/useExhaustiveDependencies: new data are set below, into the chart that there is
  useEffect(() => {
    const element = place.current!
    const made = new uPlot(options(element, lines, kind, format, range, setPointed), data, element)
    chart.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      made.destroy()
    }
  }, [shape])
  useEffect(() => chart.current?.setData(data))
  return (
    <figure className="min-w-0 rounded-md border border-line bg-panel p-3">
      <figcaption className="flex min-h-7 flex-wrap items-center gap-x-3 pb-1">
        <span className="font-medium">{label}</span>
        {lines.map(({ name, colour, values }) => (
          <span key={name} className="flex items-center gap-1 text-sm text-muted">
            <span aria-hidden="true" className="size-2 rounded-sm" style={{ background: `var(${colour})` }} />
            {name}
            {pointed !== undefined && (
              <strong className="font-medium text-ink">{valueText(values[pointed], format)}</strong>
            )}
          </span>
        ))}
        {pointed !== undefined && times[pointed] !== undefined && (
          <span className="text-sm text-muted">{dayAndClock(times[pointed])}</span>
        )}
        {tools && <span className="ml-auto flex items-center gap-2">{tools}</span>}
      </figcaption>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: what a step leads to stands in a table, too */}
      <div
        ref={place}
        role="img"
        aria-label={`${label} over time`}
        className={`w-full ${choose && pointed !== undefined ? 'cursor-pointer' : ''}`}
        style={{ height }}
        onClick={() => pointed !== undefined && choose?.(pointed, partAt(chart.current, lines, pointed))}
      />
    </figure>
  )
}

/** 14:05, and the day where it begins. */
function clock(seconds: number): string {
  const date = new Date(seconds * 1_000)
  const two = (value: number) => String(value).padStart(2, '0')
  if (date.getHours() === 0 && date.getMinutes() === 0)
    return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

function dayAndClock(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value)
}

/** A value whose neighbours are missing has no line; it is drawn as a point. */
function alone({ data }: uPlot, series: number): number[] {
  const values = data[series] ?? []
  const isMissing = (index: number) => values[index] === null || values[index] === undefined
  return [...values.keys()].filter(
    (index) => !isMissing(index) && isMissing(index - 1) && isMissing(index + 1),
  )
}

/** Each series plus those below it, the highest first, so that the lower ones are drawn over it. */
function stacked(lines: Line[]): number[][] {
  let below: number[] = []
  const sums = lines.map(({ values }) => {
    below = values.map((value, index) => (value ?? 0) + (below[index] ?? 0))
    return below
  })
  return sums.reverse()
}

/** The part of a bar that the pointer is on; undefined above it. */
function partAt(chart: uPlot | undefined, lines: Line[], index: number): string | undefined {
  if (chart?.cursor.top === undefined) return undefined
  const value = chart.posToVal(chart.cursor.top, 'y')
  const part = stacked(lines).findLastIndex((sums) => value <= sums[index]!)
  return lines.at(-1 - part)?.name
}

/** A bar stands after its time, so that the nearest time may be that of the next one. */
function barAt({ cursor, data, posToVal }: uPlot): number | undefined {
  if (cursor.idx === null || cursor.idx === undefined || cursor.left === undefined) return undefined
  const at = posToVal(cursor.left, 'x')
  const index = data[0].findLastIndex((time) => time <= at)
  return index < 0 ? undefined : index
}

function options(
  element: HTMLElement,
  lines: Line[],
  kind: 'bars' | 'lines',
  format: (value: number) => string,
  range: Range,
  point: (index: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: read('--muted'),
    grid: { stroke: read('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  }
  const drawn = kind === 'bars' ? [...lines].reverse() : lines
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, points: { show: false } },
    padding: [8, 4, 0, 0],
    hooks: {
      setCursor: [(chart) => point(kind === 'bars' ? barAt(chart) : (chart.cursor.idx ?? undefined))],
    },
    axes: [
      { ...axis, size: 24, grid: { show: false }, space: 70, values: (_chart, values) => values.map(clock) },
      { ...axis, size: 54, values: (_chart, values) => values.map(format) },
    ],
    scales: {
      x: { range: () => [range.from, range.until] },
      y: { range: (_chart, _min, max) => [0, Math.max(max * 1.08, 1e-9)] },
    },
    series: [
      {},
      ...drawn.map(({ colour }) => ({
        stroke: read(colour),
        width: kind === 'bars' ? 0 : 1.5,
        points:
          kind === 'bars' ? { show: false } : { show: true, size: 4, filter: alone, fill: read(colour) },
        ...(kind === 'bars' && {
          fill: read(colour),
          paths: uPlot.paths.bars!({ size: [0.8, 24], align: 1 }),
        }),
      })),
    ],
  }
}
