import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { blocks } from './blocks.ts'
import { Text } from './text.tsx'

/** A text of any length in a region of its own; only what is near the window is laid out. */
export function LongText({ text, label }: { text: string; label: string }) {
  const cut = useMemo(() => blocks(text), [text])
  const scroller = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: cut.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => 16 * Math.ceil((cut[index]!.end - cut[index]!.start) / 110) + 8,
    overscan: 2,
  })
  return (
    <section
      ref={scroller}
      aria-label={label}
      tabIndex={0}
      className="max-h-[60vh] overflow-y-auto rounded border border-line bg-panel p-2"
    >
      <div className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <pre
            key={item.key}
            data-index={item.index}
            ref={virtual.measureElement}
            className="absolute inset-x-0 top-0 font-mono text-sm break-all whitespace-pre-wrap"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <Text text={text.slice(cut[item.index]!.start, cut[item.index]!.end)} />
          </pre>
        ))}
      </div>
    </section>
  )
}
