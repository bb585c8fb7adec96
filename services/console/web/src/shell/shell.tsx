import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { LoginPage } from '../login/login-page.tsx'
import { useSession } from '../login/session-store.ts'
import { ConnectionNote } from './connection-note.tsx'
import { destinations } from './destinations.ts'
import { useLive } from './live.ts'
import { ModeBanner } from './mode-banner.tsx'
import { Rail } from './rail.tsx'
import { useKeys } from './shortcuts.ts'
import { TopBar } from './top-bar.tsx'

/** Loaded when they are opened for the first time. */
const CommandPalette = lazy(() =>
  import('./command-palette.tsx').then((file) => ({ default: file.CommandPalette })),
)
const KeyList = lazy(() => import('./key-list.tsx').then((file) => ({ default: file.KeyList })))

const goMs = 1_500

/** The frame around every page; without a session, the login stands in its place at the same address. */
export function Shell() {
  const session = useSession()
  if (session.state === 'unknown') return null
  return session.state === 'none' ? <LoginPage ended={session.ended} problem={session.problem} /> : <Frame />
}

/** Moves the focus to the link or button of the next row on the page; `Enter` then opens it. Lists with a selection have their own. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main :is(tbody tr, [data-row])')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const ahead = step === 1 ? rows.slice(at + 1) : rows.slice(0, Math.max(at, 0)).reverse()
  for (const row of ahead) {
    const target = row.matches('a, [role="button"]') ? row : row.querySelector<HTMLElement>('a, button')
    if (!target) continue
    target.focus()
    row.scrollIntoView({ block: 'nearest' })
    return
  }
}

function Frame() {
  const [palette, setPalette] = useState(false)
  const [keys, setKeys] = useState(false)
  const navigate = useNavigate()
  const { toggle } = useLive()
  const goneAt = useRef(Number.NEGATIVE_INFINITY)
  const goTo = (to: string, event: KeyboardEvent) => {
    if (performance.now() - goneAt.current > goMs) return false
    goneAt.current = Number.NEGATIVE_INFINITY
    event.preventDefault()
    event.stopImmediatePropagation()
    navigate({ to })
    return true
  }
  useKeys({
    g: () => {
      goneAt.current = performance.now()
    },
    '?': () => setKeys(true),
    '.': toggle,
    j: () => moveRow(1),
    ...Object.fromEntries(
      destinations.map(({ key, to }) => [
        key,
        (event: KeyboardEvent) => {
          if (!goTo(to, event) && key === 'k') moveRow(-1)
        },
      ]),
    ),
  })
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      setPalette(true)
    }
    addEventListener('keydown', open)
    return () => removeEventListener('keydown', open)
  }, [])
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-panel focus:p-2"
      >
        Skip to the content
      </a>
      <Rail />
      <div className="flex min-h-0 min-w-0 grow flex-col">
        <TopBar openPalette={() => setPalette(true)} />
        <ModeBanner />
        <ConnectionNote />
        <main id="content" tabIndex={-1} className="min-h-0 grow overflow-y-auto outline-none">
          <Outlet />
        </main>
      </div>
      <Suspense>
        {palette && <CommandPalette open setOpen={setPalette} />}
        {keys && <KeyList open setOpen={setKeys} />}
      </Suspense>
    </div>
  )
}
