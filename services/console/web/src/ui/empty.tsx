import type { ReactNode } from 'react'

/** What would be here, and how to get it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-xl flex-col gap-3 px-4 py-10">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </div>
  )
}
