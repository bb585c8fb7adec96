import { useEffect, useState } from 'react'

/** Nothing for the first 200 ms, so that what comes at once does not flicker. */
export function Loading({ rows = 6 }: { rows?: number }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200)
    return () => clearTimeout(timer)
  }, [])
  return (
    <output aria-label="Loading" className="flex flex-col gap-2 p-4">
      {shown &&
        Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
          <span key={row} className="h-4 rounded bg-raised" style={{ width: `${90 - ((row * 17) % 50)}%` }} />
        ))}
    </output>
  )
}
