import { Popover } from '@base-ui/react/popover'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Snippet } from './copy.tsx'

/** Commands, and requests that return what is on the screen. */
export type Reproduction = { cli?: string; api: string | string[] }

/** The frame of a page: its question, its actions, and what reproduces it outside of the browser. */
export function Page({
  title,
  note,
  actions,
  same,
  wide = false,
  children,
}: {
  title: ReactNode
  note?: ReactNode
  actions?: ReactNode
  same?: Reproduction
  wide?: boolean
  children: ReactNode
}) {
  return (
    <div className={`mx-auto flex w-full flex-col gap-4 p-4 ${wide ? '' : 'max-w-6xl'}`}>
      <header className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-lg font-semibold">{title}</h1>
        {note && <div className="min-w-0 text-muted">{note}</div>}
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {actions}
          {same && <Same {...same} />}
        </div>
      </header>
      {children}
    </div>
  )
}

export function Same({ cli, api }: Reproduction) {
  return (
    <Popover.Root>
      <Popover.Trigger render={<Button kind="quiet">As CLI and API</Button>} />
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="end" sideOffset={4} className="z-40">
          <Popover.Popup className="flex w-[34rem] max-w-[90vw] flex-col gap-2 rounded-md border border-line bg-panel p-3 shadow-lg">
            <Popover.Title className="font-medium">The same outside of the browser</Popover.Title>
            {cli && <Snippet text={cli} />}
            <Snippet
              text={[api]
                .flat()
                .map((path) => `curl -H "Authorization: Bearer $AIRS_TOKEN" '${location.origin}${path}'`)
                .join('\n')}
              what="the requests"
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** A part of a page under a small heading. */
export function Section({
  title,
  actions,
  children,
}: {
  title: string
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <div className="flex min-h-7 items-center gap-2">
        <h2 className="font-semibold">{title}</h2>
        <div className="ml-auto flex items-center gap-2">{actions}</div>
      </div>
      {children}
    </section>
  )
}
